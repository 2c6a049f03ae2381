//! Kernels in sequence, each of which takes what comes of the one before it.

use std::time::Instant;

use cuprum_records::{Chunk, Stop};
use cuprum_streams::{ChunkWork, Followed, Step};

use crate::chunks::Lines;

/// A record that becomes longer than this between two of them is the caller's.
const MAX_PIECE_BYTES: usize = 4 * 1024 * 1024;

/// One that takes chunks, and those that follow it.
pub(crate) struct Sequence<First> {
    first: First,
    followers: Vec<Follower>,
}

struct Follower {
    worker: Lines,
    /// What it is given.
    piece: Vec<u8>,
}

impl<First: ChunkWork> Sequence<First> {
    /// At first `piece_bytes` go from one to the next at a time.
    pub(crate) fn new(first: First, followers: Vec<Lines>, piece_bytes: usize) -> Self {
        let piece = || vec![0; piece_bytes];
        Self {
            first,
            followers: followers
                .into_iter()
                .map(|worker| Follower { worker, piece: piece() })
                .collect(),
        }
    }
}

impl<First: ChunkWork> ChunkWork for Sequence<First> {
    fn cut(&self, bytes: &[u8]) -> usize {
        self.first.cut(bytes)
    }

    /// Piece by piece. A piece for which the output has no room is left out as a whole, so that nothing has to be remembered of it.
    fn run(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Step {
        let mut done = Step {
            at,
            length,
            followers: vec![Followed::default(); self.followers.len()],
            ..Step::default()
        };
        loop {
            let Some(Step {
                at,
                length,
                lines,
                is_full,
                worked,
                followers,
            }) = self.piece(bytes, done.at, out, done.length)
            else {
                done.is_full = true;
                return done;
            };
            done.at = at;
            done.length = length;
            done.lines += lines;
            done.worked += worked;
            let has_rest = followers.iter().any(|follower| !follower.rest.is_empty());
            for (all, more) in done.followers.iter_mut().zip(&followers) {
                all.add(more);
            }
            if !is_full || has_rest {
                return done;
            }
        }
    }

    fn take(&mut self, came: &[u8]) -> Option<bool> {
        self.followers.last_mut()?.worker.take(came)
    }
}

impl<First: ChunkWork> Sequence<First> {
    /// A piece through all of them. `is_full`: there is another one after it. `None`: the output has no room for what comes of it.
    fn piece(&mut self, bytes: &[u8], at: usize, out: &mut [u8], length: usize) -> Option<Step> {
        let began = Instant::now();
        let piece = &mut self.followers[0].piece;
        let mut done = self.first.run(bytes, at, piece, 0);
        while done.is_full && done.length == 0 && piece.len() < MAX_PIECE_BYTES {
            piece.resize(2 * piece.len(), 0);
            done = self.first.run(bytes, at, piece, 0);
        }
        // A row that is too long for a piece is the caller's.
        done.is_full &= done.length > 0;
        done.worked = began.elapsed();
        let mut given = done.length;
        for index in 0..self.followers.len() {
            let began = Instant::now();
            let (before, after) = self.followers.split_at_mut(index + 1);
            let Follower { worker, piece } = &mut before[index];
            let given_bytes = &piece[..given];
            let mut followed = Followed::default();
            let mut at = 0;
            let (start, mut end) = if after.is_empty() { (length, length) } else { (0, 0) };
            loop {
                let target = match after.first_mut() {
                    Some(next) => &mut next.piece[..],
                    None => &mut *out,
                };
                let chunk = Chunk {
                    bytes: given_bytes,
                    start: at,
                    is_final: false,
                };
                let progress = worker.work(chunk, target, end);
                (at, end) = (progress.at, progress.length);
                followed.lines += progress.lines as u64;
                if progress.stop != Stop::Room {
                    break;
                }
                let next = after.first_mut()?;
                if next.piece.len() >= MAX_PIECE_BYTES {
                    break;
                }
                next.piece.resize(2 * next.piece.len(), 0);
            }
            followed.bytes = at as u64;
            followed.written = (end - start) as u64;
            followed.rest = given_bytes[at..].to_vec();
            followed.worked = began.elapsed();
            done.followers.push(followed);
            given = end;
        }
        done.length = given;
        Some(done)
    }
}
