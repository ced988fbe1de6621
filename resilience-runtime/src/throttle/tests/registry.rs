//! Throttles by name, and in a `static`.

use core::ptr;

use super::*;
use crate::registry::Shared as _;
use crate::throttle::throttles;

const ONE: ThrottleConfig = ThrottleConfig::new().k(1.0);

static HELD: Throttle = Throttle::new("held", ONE);

#[test]
fn one_name_is_one_throttle() {
    let throttle = Throttle::registry().resolve("shared", Some(ONE));
    assert!(ptr::eq(throttle, Throttle::registry().resolve("shared", None)));
    assert!(ptr::eq(throttle, Throttle::named("shared").unwrap()));
    assert!(throttles().iter().any(|other| ptr::eq(throttle, *other)));
    assert!(Throttle::named("unheard of").is_none());
}

#[test]
fn a_name_has_the_defaults_until_it_is_configured() {
    let throttle = Throttle::registry().resolve("configured-later", None);
    call(throttle, 3, true);
    call(throttle, 1, false);
    assert!(is_exactly(throttle.snapshot().probability, 0.0));
    Throttle::registry().resolve("configured-later", Some(ONE));
    assert!(is_exactly(throttle.snapshot().probability, 1.0 / 5.0));
    // The first configuration holds.
    Throttle::registry().resolve("configured-later", Some(ONE.k(3.0)));
    assert!(is_exactly(throttle.snapshot().probability, 1.0 / 5.0));
}

#[test]
fn a_static_throttle_needs_no_name_to_be_looked_up() {
    assert_eq!((HELD.name(), call(&HELD, 2, true)), ("held", 0));
    assert!(Throttle::named("held").is_none());
    assert_eq!(format!("{HELD:?}"), r#"Throttle { name: "held", .. }"#);
}
