use core::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::current::current;
use crate::propagation::Incoming;
use crate::propagation::outgoing;

fn map(pairs: &[(&'static str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

const TRACE: &[u8] = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn what_is_right_is_read() {
    let ms = Duration::from_millis;
    let cases: &[(&'static str, &[u8], Duration)] = &[
        ("resilience-timeout-ms", b"0", Duration::ZERO),
        ("resilience-timeout-ms", b"1500", ms(1500)),
        ("resilience-timeout-ms", b"0001500", ms(1500)),
        ("resilience-timeout-ms", b"86400000", LONGEST),
        ("grpc-timeout", b"1n", Duration::from_nanos(1)),
        ("grpc-timeout", b"99999999u", Duration::from_micros(99_999_999)),
        ("grpc-timeout", b"250m", ms(250)),
        ("grpc-timeout", b"2S", ms(2000)),
        ("grpc-timeout", b"1M", ms(60_000)),
        ("grpc-timeout", b"24H", LONGEST),
    ];
    for (name, value, expected) in cases {
        assert_eq!(read(&map(&[(name, value)])).0, Some(*expected), "{name}: {value:?}");
    }
    assert_eq!(
        read(&map(&[("resilience-attempt", b"3"), ("resilience-attempts-left", b"2")])),
        (None, Some(3), 2)
    );
    assert_eq!(read(&map(&[])), (None, None, 0));
    assert_eq!(trace_parent(TRACE), Ok(()));
    assert_eq!(trace_parent(b"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"), Ok(()));
}

#[test]
fn the_shorter_of_two_timeouts_holds() {
    let both = map(&[("resilience-timeout-ms", b"1500"), ("grpc-timeout", b"1S")]);
    assert_eq!(read(&both).0, Some(Duration::from_secs(1)));
}

#[test]
fn what_is_wrong_is_refused_for_its_reason() {
    use HeaderFault::{Absurd, Malformed};
    let malformed: &[&[u8]] = &[
        b"",
        b" ",
        b"-1",
        b"+1",
        b"1.5",
        b"1e3",
        b"0x10",
        b"1 ",
        b" 1",
        b"1,2",
        b"1;2",
        b"soon",
        b"NaN",
        b"inf",
        b"\xff\xfe",
        b"\xd9\xa1",
        b"1\t",
    ];
    for value in malformed {
        assert_eq!(millis(value), Err(Malformed), "{value:?}");
        assert_eq!(attempts(value), Err(Malformed), "{value:?}");
    }
    for value in ["86400001", "18446744073709551615", "18446744073709551616", "99999999999999999999999999"] {
        assert_eq!(millis(value.as_bytes()), Err(Absurd), "{value}");
        assert_eq!(attempts(value.as_bytes()), Err(Absurd), "{value}");
    }
    assert_eq!(attempts(b"10001"), Err(Absurd));
    for value in ["", "S", "1", "1s", "1x", "-1S", "+1S", "1.5S", "123456789n", "1 S", "S1"] {
        assert_eq!(grpc_timeout(value.as_bytes()), Err(Malformed), "{value}");
    }
    for value in ["25H", "99999999H", "99999999M", "86401S"] {
        assert_eq!(grpc_timeout(value.as_bytes()), Err(Absurd), "{value}");
    }
    for value in [
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
    ] {
        assert_eq!(trace_parent(value.as_bytes()), Err(Malformed), "{value}");
    }
}

/// The one test that counts: others use the functions that do not.
#[test]
fn what_is_refused_is_counted_and_told() {
    let before = |header, fault| rejected(header, fault);
    let cases: [(Header, &[u8], HeaderFault); 4] = [
        (Header::GrpcTimeout, b"99999999H", HeaderFault::Absurd),
        (Header::TraceParent, b"none", HeaderFault::Malformed),
        (Header::Attempt, b"0", HeaderFault::Absurd),
        (Header::AttemptsLeft, b"many", HeaderFault::Malformed),
    ];
    for (header, value, fault) in cases {
        let (count, all) = (before(header, fault), rejected_headers());
        let _ = Incoming::read(&map(&[(header.as_str(), value)]));
        assert!(rejected(header, fault) > count);
        assert_ne!(rejected_headers(), all);
        let told = Event::HeaderRejected { header: header.as_str(), fault };
        #[cfg(not(resilience_loom))]
        assert!(!event::ear::heard(|event| *event == told).is_empty());
        let _ = told;
    }
    let twice = map(&[("resilience-timeout-ms", b"100"), ("resilience-timeout-ms", b"200")]);
    let count = rejected(Header::Timeout, HeaderFault::Repeated);
    assert_eq!(Incoming::read(&twice).caller().remaining(), None);
    assert!(rejected(Header::Timeout, HeaderFault::Repeated) > count);
}

#[test]
fn a_grpc_timeout_is_written_as_the_protocol_has_room_for() {
    let written = |timeout| outgoing::grpc_timeout(timeout);
    assert_eq!(written(Duration::ZERO), None);
    assert_eq!(written(Duration::from_nanos(1)).as_deref(), Some("1u"));
    assert_eq!(written(Duration::from_nanos(1001)).as_deref(), Some("2u"));
    assert_eq!(written(Duration::from_micros(99_999_999)).as_deref(), Some("99999999u"));
    assert_eq!(written(Duration::from_micros(100_000_001)).as_deref(), Some("100001m"));
    assert_eq!(written(Duration::MAX).as_deref(), Some("86400000m"));
}

/// A header of any bytes, some of them nearly right.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..70),
        "[0-9]{0,22}[HMSmunx]?".prop_map(String::into_bytes),
        "0[01f]-[0-9a-f]{31,33}-[0-9a-f]{15,17}-[0-9a-f]{1,3}.{0,3}".prop_map(String::into_bytes),
    ]
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    let header = (0..Header::ALL.len(), any_value());
    prop::collection::vec(header, 0..8).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (header, value) in pairs {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(Header::ALL[header].name(), value);
            }
        }
        headers
    })
}

proptest! {
    #[test]
    fn no_headers_make_it_panic_or_lengthen_a_deadline(headers in any_headers(), outer in 0..200_000_u64, cap in 0..200_000_u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let outer_request = map(&[("resilience-timeout-ms", outer.to_string().as_bytes())]);
            let remaining = Incoming::read(&outer_request).scope(async {
                let before = current().remaining();
                let incoming = Incoming::read(&headers).max_timeout(Duration::from_millis(cap));
                let inside = incoming.scope(async { current().remaining() }).await;
                prop_assert!(inside <= before);
                prop_assert_eq!(current().remaining(), before);
                Ok(())
            });
            remaining.await?;
            let alone = Incoming::read(&headers).max_timeout(Duration::from_millis(cap));
            let left = alone.clone().scope(async { current().remaining() }).await;
            prop_assert!(left.is_none_or(|left| left <= Duration::from_millis(cap)));
            prop_assert!(alone.caller().attempts_left() <= MOST_ATTEMPTS);
            Ok(())
        })?;
    }

    #[test]
    fn what_is_written_is_read_as_the_same_or_hardly_more(nanos in 1..200_000_000_000_000_u64) {
        let remaining = Duration::from_nanos(nanos);
        let written = outgoing::grpc_timeout(remaining).unwrap();
        prop_assert!(written.len() <= 9);
        let (read, sent) = (grpc_timeout(written.as_bytes()).unwrap(), remaining.min(LONGEST));
        prop_assert!(read >= sent);
        prop_assert!(read < sent + Duration::from_millis(1));
    }
}
