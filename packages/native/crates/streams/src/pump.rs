//! Carries a hop whose bytes nobody in this process looks at: counted, limited, copied.

use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;

use crate::control::Control;
use crate::descriptor::{Direction, Kind, check_handed_over};
use crate::ends::{Reader, Unwritten, Writer};
use crate::hop_thread::start;
use crate::outcome::{CopyEnd, CopyOutcome, End, Outcome, Stop, is_reader_left};
use crate::pipe::{pipe_capacity, set_pipe_capacity};
use crate::read_buffer::ReadBuffer;
use crate::refused::Refused;
use crate::splice::{can_splice, is_refused, splice, tee};

/// The descriptors of a hop, which [`pump`] takes over.
#[derive(Clone, Copy, Debug)]
pub struct PumpRequest {
    pub input: RawFd,
    pub output: RawFd,
    /// Gets the same bytes as `output`. A copy that falls behind holds the hop; one that is closed or fails does not.
    pub copy: Option<RawFd>,
    /// Carry no more than this many bytes.
    pub limit: Option<u64>,
}

/// Carries bytes on a thread of its own until the input ends, the reader leaves, the limit is reached, or the control
/// cancels. Then closes everything and tells `on_end`.
///
/// When it cannot be started, the descriptors still belong to the caller.
pub fn pump(
    request: PumpRequest,
    control: Arc<Control>,
    on_end: impl FnOnce(Outcome) + Send + 'static,
) -> Result<(), Refused> {
    check_handed_over(request.input, Direction::Read)?;
    check_handed_over(request.output, Direction::Write)?;
    request
        .copy
        .map_or(Ok(()), |copy| check_handed_over(copy, Direction::Write))?;
    if request.copy == Some(request.output) || request.copy == Some(request.input) || request.input == request.output {
        return Err(Refused::Descriptor(
            "a hop needs a descriptor of its own for each end".into(),
        ));
    }
    start(control, move |control| carry(request, control), on_end)
}

fn carry(request: PumpRequest, control: &Control) -> (End, Option<CopyOutcome>) {
    // SAFETY: the descriptors were checked, and the caller has handed them over. Each is taken before any can fail.
    let (input, output, copy) = unsafe {
        (
            Reader::take(request.input),
            Writer::take(request.output),
            request.copy.map(|copy| Writer::take(copy)).transpose(),
        )
    };
    let (input, output, copy) = match (input, output, copy) {
        (Ok(input), Ok(output), Ok(copy)) => (input, output, copy),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => return (End::Failed(error.into()), None),
    };
    let mut hop = Hop {
        control,
        input,
        output,
        copy: Copied::new(copy),
        remaining: request.limit.unwrap_or(u64::MAX),
        ahead: 0,
    };
    let result = hop.carry_all();
    hop.close(result)
}

struct Hop<'control> {
    control: &'control Control,
    input: Reader,
    output: Writer,
    copy: Copied,
    /// Bytes that may still be carried.
    remaining: u64,
    /// Bytes still in the input that the copy already has.
    ahead: usize,
}

/// As much as any pipe may hold.
const SPLICE_BYTES: usize = 1024 * 1024;
const PIPE_BYTES: usize = 256 * 1024;

impl Hop<'_> {
    fn carry_all(&mut self) -> Result<(), Stop> {
        let whole = can_splice(self.input.kind, self.output.kind);
        let copied = self.copy.kind().is_none_or(|kind| kind == Kind::Pipe);
        if whole && copied {
            self.enlarge_pipes();
            if self.carry_spliced()? == Spliced::ToTheEnd {
                return Ok(());
            }
        }
        self.carry_read()
    }

    /// Three threads are woken for each time that a pipe is filled. Where the system allows more, that is rarer: a fifth
    /// less processor time for the whole hop. What is not allowed is done without.
    fn enlarge_pipes(&self) {
        for fd in [self.input.descriptor(), self.output.descriptor()] {
            if pipe_capacity(fd).is_ok_and(|bytes| bytes < PIPE_BYTES) {
                let _ = set_pipe_capacity(fd, PIPE_BYTES);
            }
        }
    }

    fn carry_spliced(&mut self) -> Result<Spliced, Stop> {
        let mut output_is_full = false;
        let mut has_waited = false;
        loop {
            if self.control.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            let wanted = self.at_most(SPLICE_BYTES)?;
            if self.ahead == 0 && self.copy.kind().is_some() {
                match self.copy_spliced(wanted)? {
                    Copy::Done => {}
                    Copy::Ended => return Ok(Spliced::ToTheEnd),
                    Copy::Retry => continue,
                    Copy::Refused => return Ok(Spliced::Refused),
                }
            }
            let length = if self.ahead > 0 { self.ahead } else { wanted };
            match splice(self.input.descriptor(), self.output.descriptor(), length) {
                Ok(0) => return Ok(Spliced::ToTheEnd),
                Ok(moved) => {
                    self.control.count_read(moved);
                    self.control.count_written(moved);
                    self.remaining -= moved as u64;
                    self.ahead = self.ahead.saturating_sub(moved);
                    has_waited = false;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // The system does not say which side it is: most likely the one that it was before. Waiting for a side
                    // that is ready ends at once, and then it is the other one.
                    output_is_full ^= has_waited;
                    has_waited = true;
                    if output_is_full {
                        self.output.wait(None, self.control)?;
                    } else {
                        self.input.wait(Some(self.output.descriptor()), self.control)?;
                    }
                }
                Err(error) if is_refused(&error) => return Ok(Spliced::Refused),
                Err(error) => return Err(Unwritten::Failed(error).into()),
            }
        }
    }

    /// Gives the copy what the input holds, without taking it out.
    fn copy_spliced(&mut self, wanted: usize) -> Result<Copy, Stop> {
        let Copied::Open { writer, written } = &mut self.copy else {
            return Ok(Copy::Done);
        };
        match tee(self.input.descriptor(), writer.descriptor(), wanted) {
            Ok(0) => return Ok(Copy::Ended),
            Ok(copied) => {
                *written += copied as u64;
                self.ahead = copied;
                return Ok(Copy::Done);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.input.wait(Some(self.output.descriptor()), self.control)?;
                match writer.wait(Some(self.output.descriptor()), self.control) {
                    Err(Unwritten::Failed(error)) => self.copy.end(error),
                    result => result?,
                }
            }
            Err(error) if is_refused(&error) => return Ok(Copy::Refused),
            Err(error) => self.copy.end(error),
        }
        Ok(Copy::Retry)
    }

    fn carry_read(&mut self) -> Result<(), Stop> {
        let mut buffer = ReadBuffer::new();
        let buffer = buffer.bytes();
        loop {
            let wanted = self.at_most(buffer.len())?;
            let length = self
                .input
                .read(&mut buffer[..wanted], Some(self.output.descriptor()), self.control)?;
            if length == 0 {
                return Ok(());
            }
            let bytes = &buffer[..length];
            self.output
                .write_all(bytes, None, self.control, |written| self.control.count_written(written))?;
            self.remaining -= length as u64;
            let copied_before = self.ahead.min(length);
            self.ahead -= copied_before;
            self.copy
                .write(&bytes[copied_before..], self.output.descriptor(), self.control)?;
        }
    }

    fn at_most(&self, bytes: usize) -> Result<usize, Stop> {
        match usize::try_from(self.remaining).unwrap_or(usize::MAX).min(bytes) {
            0 => Err(Stop::Limit),
            wanted => Ok(wanted),
        }
    }

    /// The input goes first: its writer has to see at once that nobody reads any more.
    fn close(self, result: Result<(), Stop>) -> (End, Option<CopyOutcome>) {
        let Self {
            input, output, copy, ..
        } = self;
        drop(input);
        let closed = output.close();
        let end = match closed {
            Err(error) if result.is_ok() => Err(Stop::Failed(error)),
            _ => result,
        };
        (end.into(), copy.close())
    }
}

#[derive(PartialEq, Eq)]
enum Spliced {
    ToTheEnd,
    /// The rest has to be read and written.
    Refused,
}

enum Copy {
    Done,
    Ended,
    Retry,
    Refused,
}

/// The second target of a hop. Whatever happens to it, the hop goes on.
enum Copied {
    None,
    Open { writer: Writer, written: u64 },
    Ended(CopyOutcome),
}

impl Copied {
    fn new(writer: Option<Writer>) -> Self {
        writer.map_or(Self::None, |writer| Self::Open { writer, written: 0 })
    }

    fn kind(&self) -> Option<Kind> {
        if let Self::Open { writer, .. } = self {
            Some(writer.kind)
        } else {
            None
        }
    }

    fn write(&mut self, bytes: &[u8], output: RawFd, control: &Control) -> Result<(), Stop> {
        let Self::Open { writer, written } = self else {
            return Ok(());
        };
        match writer.write_all(bytes, Some(output), control, |more| *written += more as u64) {
            Err(Unwritten::Failed(error)) => self.end(error),
            result => result?,
        }
        Ok(())
    }

    fn end(&mut self, error: io::Error) {
        if let Self::Open { written, .. } = *self {
            let end = if is_reader_left(&error) {
                CopyEnd::ReaderLeft
            } else {
                CopyEnd::Failed(error.into())
            };
            *self = Self::Ended(CopyOutcome {
                bytes_written: written,
                end,
            });
        }
    }

    fn close(self) -> Option<CopyOutcome> {
        match self {
            Self::None => None,
            Self::Ended(outcome) => Some(outcome),
            Self::Open { writer, written } => {
                let end = writer
                    .close()
                    .map_or_else(|error| CopyEnd::Failed(error.into()), |()| CopyEnd::Complete);
                Some(CopyOutcome {
                    bytes_written: written,
                    end,
                })
            }
        }
    }
}
