//! Breakers by name.

use core::ptr;

use super::*;
use crate::policy::breaker::{BreakerConfig, breakers};
use crate::policy::registry::Shared as _;

const ONE: BreakerConfig = BreakerConfig::new().consecutive(1);

#[test]
fn one_name_is_one_breaker() {
    let breaker = Breaker::registry().resolve("shared", Some(ONE)).0;
    assert!(ptr::eq(breaker, Breaker::registry().resolve("shared", Some(ONE)).0));
    assert!(ptr::eq(breaker, Breaker::registry().resolve("shared", None).0));
    assert!(ptr::eq(breaker, Breaker::named("shared").unwrap()));
    assert!(breakers().iter().any(|other| ptr::eq(breaker, *other)));
    assert!(Breaker::named("unheard of").is_none());
}

#[test]
fn a_name_that_nobody_configures_has_the_defaults() {
    let breaker = Breaker::registry().resolve("unconfigured", None).0;
    assert_eq!(breaker.settings(), BreakerConfig::new().settings());
}

#[test]
fn the_first_configuration_holds() {
    let breaker = Breaker::registry().resolve("configured-twice", Some(ONE.consecutive(2))).0;
    assert!(Breaker::registry().resolve("configured-twice", Some(ONE)).1, "it differs");
    assert_eq!(play(breaker, "FFF"), "FFR");
}

#[test]
fn a_default_that_is_written_out_is_no_other_configuration() {
    assert_eq!(ONE.open_for(30 * SECOND).probes(5).successes(3).settings(), ONE.settings());
    assert_eq!(BreakerConfig::new().failure_rate(0.5).settings(), BreakerConfig::new().settings());
}
