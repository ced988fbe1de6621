//! Bulkheads by name.

use core::ptr;

use super::*;
use crate::policy::bulkhead::{Adaptive, bulkheads};
use crate::policy::registry::Shared as _;

#[test]
fn one_name_is_one_bulkhead() {
    let bulkhead = Bulkhead::registry().resolve("shared", Some(ONE)).0;
    assert!(ptr::eq(bulkhead, Bulkhead::registry().resolve("shared", Some(ONE)).0));
    assert!(ptr::eq(bulkhead, Bulkhead::registry().resolve("shared", None).0));
    assert!(ptr::eq(bulkhead, Bulkhead::named("shared").unwrap()));
    assert!(bulkheads().iter().any(|other| ptr::eq(bulkhead, *other)));
    assert!(Bulkhead::named("unheard of").is_none());
}

#[test]
fn a_name_that_nobody_configures_has_the_default() {
    assert_eq!(Bulkhead::registry().resolve("unconfigured", None).0.limit(), 25);
}

#[test]
fn the_first_configuration_holds() {
    let bulkhead = Bulkhead::registry().resolve("configured-twice", Some(BulkheadConfig::new(3))).0;
    assert!(Bulkhead::registry().resolve("configured-twice", Some(ONE)).1, "it differs");
    assert_eq!(bulkhead.limit(), 3);
}

#[test]
fn a_default_that_is_written_out_is_no_other_configuration() {
    assert_eq!(BulkheadConfig::new(9).wait(Duration::ZERO).settings(), BulkheadConfig::new(9).settings());
    let adaptive = |adaptive| BulkheadConfig::new(9).adaptive(adaptive).settings();
    assert_eq!(adaptive(Adaptive::aimd()), adaptive(Adaptive::aimd().min(1).max(9)));
    assert_eq!(adaptive(Adaptive::gradient()), adaptive(Adaptive::gradient().tolerance(1.25)));
    assert_ne!(adaptive(Adaptive::gradient()), adaptive(Adaptive::aimd()));
}
