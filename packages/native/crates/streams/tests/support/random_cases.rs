//! Random cases for as long as CUPRUM_SOAK_SECONDS says, each from a number that a failure tells.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

pub(crate) struct Random(u64);

impl Random {
    /// Of a case: neighbouring numbers give unrelated ones (splitmix64).
    pub(crate) fn of(case: u64) -> Self {
        Self(case.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

pub(crate) fn soak(run: impl Fn(&mut Random)) {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let seconds = number("CUPRUM_SOAK_SECONDS").unwrap_or(5);
    let only = number("CUPRUM_SOAK_CASE");
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut case = only.unwrap_or(0);
    loop {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| run(&mut Random::of(case)))) {
            eprintln!("it was CUPRUM_SOAK_CASE={case}");
            resume_unwind(panic);
        }
        case += 1;
        if only.is_some() || Instant::now() > end {
            eprintln!("{case} cases");
            return;
        }
    }
}
