//! Record kernels from descriptor to descriptor.

use std::thread::available_parallelism;
use std::time::Duration;

use cuprum_streams::ChunkWork;
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

/// Threads that there are at most where nobody says how many: each has buffers of about 1 MiB, and more would wait for what is read.
const MAX_THREADS: usize = 4;

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

/// Runs workers, as many as there are cores, for at most so long as input and output allow, or until the time is up. What comes of their work
/// is worked on by the followers in turn.
pub(crate) fn carry<Work: ChunkWork>(
    input: i32,
    output: i32,
    begun: &[u8],
    milliseconds: u32,
    worker: impl Fn() -> Work,
    followers: &[Follower<'_>],
) -> Carried {
    let threads = available_parallelism().map_or(1, |cores| cores.get().min(MAX_THREADS));
    let time = Duration::from_millis(milliseconds.into());
    let begun = begun.to_vec();
    let carried = if followers.is_empty() {
        let workers = (0..threads).map(|_| worker()).collect();
        cuprum_streams::carry(input, output, begun, time, workers)
    } else {
        let sequence = || Sequence::new(worker(), followers.iter().map(lines_of).collect());
        let workers = (0..threads).map(|_| sequence()).collect();
        cuprum_streams::carry(input, output, begun, time, workers)
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
