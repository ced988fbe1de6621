//! Limiters by name.

use core::ptr;

use super::*;
use crate::policy::limiter::rate_limiters;
use crate::policy::registry::Shared as _;

const ONE: RateLimitConfig = RateLimitConfig::new(Rate::per_hour(1));

#[test]
fn one_name_is_one_limiter() {
    let limiter = RateLimiter::registry().resolve("shared", Some(ONE)).0;
    assert!(ptr::eq(limiter, RateLimiter::registry().resolve("shared", Some(ONE)).0));
    assert!(ptr::eq(limiter, RateLimiter::registry().resolve("shared", None).0));
    assert!(ptr::eq(limiter, RateLimiter::named("shared").unwrap()));
    assert!(rate_limiters().iter().any(|other| ptr::eq(limiter, *other)));
    assert!(RateLimiter::named("unheard of").is_none());
}

#[test]
fn a_name_that_nobody_configures_has_no_limit_until_the_program_sets_one() {
    let limiter = RateLimiter::registry().resolve("unconfigured", None).0;
    assert_eq!((limiter.config(), limiter.snapshot().available), (None, u32::MAX));
    assert_eq!(admitted_at(limiter, START, 100), 100);
    assert!(limiter.try_acquire_key(1).is_ok() && limiter.try_acquire_key(2).is_ok());
    limiter.reconfigure(ONE).unwrap();
    assert_eq!(limiter.config(), Some(ONE));
    assert_eq!(admitted_at(limiter, START, 100), 1);
    assert!(limiter.try_acquire_key(1).is_ok() && limiter.try_acquire_key(2).is_ok());
    assert!(limiter.try_acquire_key(1).is_err() && limiter.try_acquire_key(2).is_err());
}

#[test]
fn the_first_configuration_holds() {
    let limiter = RateLimiter::registry().resolve("configured-twice", Some(ONE.burst(2))).0;
    assert!(RateLimiter::registry().resolve("configured-twice", Some(ONE)).1, "it differs");
    assert_eq!(limiter.config(), Some(ONE.burst(2)));
    assert_eq!(admitted_at(limiter, START, 100), 2);
}
