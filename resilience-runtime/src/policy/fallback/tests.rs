//! What is asked of a fallback's type, and what becomes of the error.

#![expect(clippy::needless_borrow, reason = "the depth of references is what method resolution goes by")]

use crate::outcome::keep::HasKept as _;
use std::io;

use super::takes::{AnotherError, NoError, TheError};
use super::{Ask as _, Takes};
use crate::__private::returns;
use crate::outcome::Rejected;
use crate::outcome::judge::{Judge, Judges as _};
use crate::outcome::keep::{Forget, Keep, Keeps as _};
use crate::outcome::probe::{Outcome as _, Read as _};

fn alone(id: u64) -> io::Result<u64> {
    if id == 0 { Err(io::ErrorKind::NotFound.into()) } else { Ok(id) }
}

async fn with_error(id: &u64, error: io::Error) -> io::Result<u64> {
    if error.kind() == io::ErrorKind::NotFound { Ok(*id) } else { Err(error) }
}

fn generic<T, E>(_value: T, error: E) -> Result<u64, E> {
    Err(error)
}

fn with_text(id: u64, text: &str) -> io::Result<u64> {
    if text.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(id) }
}

#[test]
fn whether_a_function_takes_the_error_is_found_by_its_parameters() {
    let probe = <io::Result<u64>>::probe(returns);
    let _: NoError = (&&&Takes::of(&alone, [(); 1], probe)).__kind();
    let _: NoError = (&&&Takes::of(&"no function", [(); 1], probe)).__kind();
    let _: NoError = (&&&Takes::of(&with_error, [(); 0], probe)).__kind();
    let _: TheError<(), io::Error> = (&&&Takes::of(&io::Result::<u64>::Err, [(); 0], probe)).__kind();
    let _: TheError<(&u64,), io::Error> = (&&&Takes::of(&with_error, [(); 1], probe)).__kind();
    let _: AnotherError<(u64,), &str> = (&&&Takes::of(&with_text, [(); 1], probe)).__kind();
    let function = generic;
    let kind: TheError<(u8,), io::Error> = (&&&Takes::of(&function, [(); 1], probe)).__kind();
    let bound = kind.bind(function, io::ErrorKind::NotFound.into());
    assert_eq!(bound(5).unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn an_error_is_made_only_where_it_is_kept() {
    Forget.keep(|| -> Option<String> { unreachable!("nobody takes it") });
    let mut keep = Keep::new();
    keep.keep(|| Some("first"));
    keep.keep(|| Some("second"));
    assert_eq!(keep.take(), "second");
}

#[test]
fn what_failed_is_kept_as_the_functions_own_error() {
    let probe = <io::Result<u64>>::probe(returns);
    let reader = (&&&&&probe).__reader();
    let mut judge = Judge::new(probe, reader).rejecting(crate::outcome::judge::Converted).keeping_error();
    judge.keep(Ok(Err(io::ErrorKind::NotFound.into())));
    assert_eq!(judge.take_error().kind(), io::ErrorKind::NotFound);
    judge.keep(Err(Rejected::timeout("load", core::time::Duration::ZERO)));
    assert_eq!(judge.take_error().kind(), io::ErrorKind::TimedOut);
}
