//! Ports for programs that listen where they are told.
//!
//! A port that the system hands out is handed out again as soon as it is let go: to the next connection, or to the next
//! listener. These lie below, where nothing gets one that did not ask for it, and stay free until the program listens.

use std::net::{Ipv4Addr, TcpListener};

/// From here on: behind those that services have by convention.
const FIRST: u16 = 10_000;
/// Linux hands out ports from 32768 on, others from higher ones.
const END: u16 = 32_000;

/// So many ports in a row on this machine that nobody has: the first. `None` where there are not that many.
///
/// Two processes begin to look at different places.
#[must_use]
pub fn free(count: u16) -> Option<u16> {
    let span = u32::from(END - FIRST);
    let begin = FIRST + u16::try_from(std::process::id().wrapping_mul(61) % span).ok()?;
    let mut firsts = (begin..END).chain(FIRST..begin).filter(|first| END - first >= count);
    firsts.find(|first| {
        (*first..first + count).all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_somebody_has_is_not_free() {
        let first = free(3).unwrap();
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, first + 1)).unwrap();
        let next = free(3).unwrap();
        assert!(!(next..next + 3).contains(&(first + 1)), "{next} with {first} + 1 taken");
    }
}
