//! How a hop ended.

use std::any::Any;
use std::io;

#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub end: End,
    /// Set when the hop had a copy.
    pub copy: Option<CopyOutcome>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was carried.
    EndOfInput,
    /// The reader of what we write has closed it. Bytes read but not written are lost to it, as with any pipe.
    ReaderLeft,
    /// As many bytes were carried as were allowed.
    Limit,
    Cancelled,
    Failed(Failure),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The system's number of the error; `None`: a panic, which is a defect of this crate.
    pub errno: Option<i32>,
    pub message: String,
}

#[derive(Debug, PartialEq, Eq)]
pub struct CopyOutcome {
    pub bytes_written: u64,
    pub end: CopyEnd,
}

#[derive(Debug, PartialEq, Eq)]
pub enum CopyEnd {
    /// It was written to as long as the hop was carried.
    Complete,
    /// Its reader closed it; the hop went on without it.
    ReaderLeft,
    /// Writing to it failed; the hop went on without it.
    Failed(Failure),
}

impl Failure {
    pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self {
            errno: None,
            message: format!("a defect in the native backend: {}", text.unwrap_or("it panicked")),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            errno: error.raw_os_error(),
            message: error.to_string(),
        }
    }
}

/// Why carrying stopped before the end of the input.
#[derive(Debug)]
pub(crate) enum Stop {
    ReaderLeft,
    Limit,
    Cancelled,
    Failed(io::Error),
}

impl From<Result<(), Stop>> for End {
    fn from(result: Result<(), Stop>) -> Self {
        match result {
            Ok(()) => Self::EndOfInput,
            Err(Stop::ReaderLeft) => Self::ReaderLeft,
            Err(Stop::Limit) => Self::Limit,
            Err(Stop::Cancelled) => Self::Cancelled,
            Err(Stop::Failed(error)) => Self::Failed(error.into()),
        }
    }
}

/// Whether a failed write means that nobody reads any more.
pub(crate) fn is_reader_left(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPIPE | libc::ECONNRESET))
}
