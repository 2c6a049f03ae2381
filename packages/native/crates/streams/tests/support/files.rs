//! Files without a name, and modes of descriptors.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::fd::RawFd;
use std::thread;

/// A file without a name, at its beginning; what is written goes to its end where `append` says so.
pub(crate) fn file_with(bytes: &[u8], append: bool) -> File {
    let thread = thread::current().id();
    let path = std::env::temp_dir().join(format!("cuprum-{}-{thread:?}", std::process::id()));
    let mut file = OpenOptions::new()
        .read(true)
        .create(true)
        .append(append)
        .write(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

pub(crate) fn set_non_blocking(fd: RawFd) {
    // SAFETY: the descriptor is open; only its mode changes.
    assert_eq!(unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) }, 0);
}
