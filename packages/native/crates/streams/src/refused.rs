//! Why something was not done. What was handed over for it still belongs to the caller.

use std::fmt;
use std::io;
use std::os::fd::RawFd;

#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// A number that is not the descriptor that it should be.
    Descriptor(String),
    /// The system has no descriptor, no memory or no thread left.
    System(String),
}

impl Refused {
    /// Because a system call on this descriptor failed.
    pub(crate) fn on(fd: RawFd, cause: &io::Error) -> Self {
        match cause.raw_os_error() {
            Some(libc::EBADF) => Self::Descriptor(format!("descriptor {fd} is not open")),
            Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => Self::system("nothing more can be opened", cause),
            _ => Self::Descriptor(format!("descriptor {fd} cannot be used: {cause}")),
        }
    }

    pub(crate) fn system(what: &str, cause: &io::Error) -> Self {
        Self::System(format!("{what}: {cause}"))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Descriptor(message) | Self::System(message)) = self;
        formatter.write_str(message)
    }
}

impl std::error::Error for Refused {}
