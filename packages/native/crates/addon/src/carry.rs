//! Record kernels from descriptor to descriptor.

use std::thread::available_parallelism;
use std::time::Duration;

use cuprum_streams::{CARRY_BYTES, CarryRequest, ChunkWork};
use napi::bindgen_prelude::{Buffer, ClassInstance, Either4};
use napi_derive::napi;

use crate::chunks::Lines;
use crate::csv_kernels::CsvCells;
use crate::record_kernels::Records;
use crate::sequence::Sequence;
use crate::table_kernels::{Groups, Join};

/// What was done, and what is left to be done.
#[napi(object, object_from_js = false)]
pub struct Carried {
    pub bytes_read: f64,
    pub bytes_written: f64,
    pub lines: f64,
    pub wait_in_ms: f64,
    pub wait_out_ms: f64,
    pub unwritten: Buffer,
    pub rest: Buffer,
    pub goes_on: bool,
    pub worked_ms: f64,
    pub followers: Vec<Followed>,
}

/// What was done by a kernel that takes what comes of the one before it.
#[napi(object, object_from_js = false)]
pub struct Followed {
    pub bytes: f64,
    pub lines: f64,
    pub written: f64,
    pub worked_ms: f64,
    pub rest: Buffer,
}

/// How the work of a kernel is shared.
#[napi(object, object_to_js = false)]
pub struct Sharing {
    /// Most threads; default: one a core, at most four.
    pub threads: Option<u32>,
    /// What a thread reads at a time; default: 256 KiB.
    pub chunk_bytes: Option<u32>,
}

impl Sharing {
    pub(crate) fn threads(&self) -> usize {
        match self.threads {
            Some(threads) => threads.max(1) as usize,
            None => available_parallelism().map_or(1, |cores| cores.get().min(MAX_UNASKED)),
        }
    }

    fn chunk_bytes(&self) -> usize {
        self.chunk_bytes.map_or(CARRY_BYTES, |bytes| bytes.max(1) as usize)
    }
}

/// Threads that there are at most where nobody says how many: each has buffers of about 1 MiB, and more would wait for what is read.
const MAX_UNASKED: usize = 4;

/// A chunk goes from one kernel to the next in so many pieces or more: 64 KiB, as a rule, are still in the cache then.
const PIECES: usize = 4;

/// What a kernel is to carry.
pub(crate) struct Course<'call> {
    pub(crate) input: i32,
    pub(crate) output: i32,
    pub(crate) begun: &'call [u8],
    pub(crate) milliseconds: u32,
    pub(crate) followers: &'call [Follower<'call>],
}

/// A kernel that takes what comes of the one before it.
pub(crate) type Follower<'instance> = Either4<
    ClassInstance<'instance, Records>,
    ClassInstance<'instance, CsvCells>,
    ClassInstance<'instance, Join>,
    ClassInstance<'instance, Groups>,
>;

fn lines_of(follower: &Follower<'_>) -> Lines {
    match follower {
        Either4::A(records) => records.lines(),
        Either4::B(cells) => cells.lines(),
        Either4::C(join) => join.lines(),
        Either4::D(groups) => groups.lines(),
    }
}

/// Runs workers, one a thread, for at most so long as input and output allow, or until the time is up. What comes of their work is worked on
/// by the followers in turn.
pub(crate) fn carry<Work: ChunkWork>(course: Course<'_>, sharing: &Sharing, worker: impl Fn() -> Work) -> Carried {
    let Course { followers, .. } = course;
    let threads = sharing.threads();
    let request = CarryRequest {
        input: course.input,
        output: course.output,
        begun: course.begun.to_vec(),
        time: Duration::from_millis(course.milliseconds.into()),
        chunk_bytes: sharing.chunk_bytes(),
    };
    let carried = if followers.is_empty() {
        cuprum_streams::carry(request, (0..threads).map(|_| worker()).collect())
    } else {
        let piece_bytes = request.chunk_bytes.div_ceil(PIECES);
        let sequence = || Sequence::new(worker(), followers.iter().map(lines_of).collect(), piece_bytes);
        cuprum_streams::carry(request, (0..threads).map(|_| sequence()).collect())
    };
    Carried {
        bytes_read: carried.bytes_read as f64,
        bytes_written: carried.bytes_written as f64,
        lines: carried.lines as f64,
        wait_in_ms: in_ms(carried.waited_for_input),
        wait_out_ms: in_ms(carried.waited_for_output),
        unwritten: carried.unwritten.into(),
        rest: carried.rest.into(),
        goes_on: carried.goes_on,
        worked_ms: in_ms(carried.worked),
        followers: carried.followers.into_iter().map(Followed::from).collect(),
    }
}

impl From<cuprum_streams::Followed> for Followed {
    fn from(followed: cuprum_streams::Followed) -> Self {
        Self {
            bytes: followed.bytes as f64,
            lines: followed.lines as f64,
            written: followed.written as f64,
            worked_ms: in_ms(followed.worked),
            rest: followed.rest.into(),
        }
    }
}

fn in_ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
