//! Throttles by name, and in a `static`.

use core::ptr;

use super::*;
use crate::policy::registry::Shared as _;
use crate::policy::throttle::throttles;

const ONE: ThrottleConfig = ThrottleConfig::new().k(1.0);

static HELD: Throttle = Throttle::new("held", ONE);

#[test]
fn one_name_is_one_throttle() {
    let throttle = Throttle::registry().resolve("shared", Some(ONE)).0;
    assert!(ptr::eq(throttle, Throttle::registry().resolve("shared", None).0));
    assert!(ptr::eq(throttle, Throttle::named("shared").unwrap()));
    assert!(throttles().iter().any(|other| ptr::eq(throttle, *other)));
    assert!(Throttle::named("unheard of").is_none());
}

#[test]
fn a_name_that_nobody_configures_has_the_defaults() {
    let throttle = Throttle::registry().resolve("unconfigured", None).0;
    assert_eq!(throttle.settings(), ThrottleConfig::new().settings());
}

#[test]
fn the_first_configuration_holds() {
    let throttle = Throttle::registry().resolve("configured-twice", Some(ONE)).0;
    assert!(Throttle::registry().resolve("configured-twice", Some(ONE.k(3.0))).1, "it differs");
    assert_eq!(throttle.settings(), ONE.settings());
}

#[test]
fn a_static_throttle_needs_no_name_to_be_looked_up() {
    assert_eq!((HELD.name(), call(&HELD, 2, true)), ("held", 0));
    assert!(Throttle::named("held").is_none());
    assert_eq!(format!("{HELD:?}"), r#"Throttle { name: "held", .. }"#);
}
