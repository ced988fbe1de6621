//! The clock. No other folder reads the time or sleeps, so that tokio's paused time drives everything.
//!
//! A [`Tick`] is eight bytes and has a niche, where tokio's `Instant` takes sixteen: calls keep several of
//! them, and a breaker keeps them in atomics.

use core::num::NonZeroU64;
use core::time::Duration;
use std::sync::OnceLock;

use tokio::time::{Instant, Sleep};

/// Where ticks begin on their scale, in nanoseconds: at half a century.
///
/// A paused clock may lag behind the anchor (it starts with its tokio runtime, the anchor with the first call
/// of the process), and settings reach back behind the start of the machine; without the offset such ticks would all be
/// zero.
const ORIGIN: u64 = 50 * 365 * 24 * 3600 * NANOS_PER_SEC;

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// Thirty years: what tokio itself takes for "never" where an instant cannot be added to.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// Whether tokio's clock may be paused in this program: whether some crate of it asked for tokio's `test-util`, in
/// whatever profile it is built.
///
/// Where it cannot be, tokio's clock is the system's, and is read there: an `Instant` of the standard library gives its
/// nanoseconds away only as a difference, for twice the instructions of the reading.
const PAUSABLE: bool = pausable::IS;

mod pausable {
    /// Whether `pause` is tokio's: a block's own glob is looked into before the module around it.
    pub(super) const IS: bool = {
        #[allow(
            unused_imports,
            clippy::wildcard_imports,
            reason = "the name is there or not, which is the question"
        )]
        use tokio::time::*;
        size_of_returned(pause) == 0
    };

    /// What the name stands for where tokio has none of that name.
    #[allow(dead_code, reason = "unless tokio has one")]
    fn pause() -> u8 {
        1
    }

    const fn size_of_returned<R>(_: fn() -> R) -> usize {
        size_of::<R>()
    }
}

/// What is read in the place of tokio's clock, if that cannot be paused: the system's, as tokio's `Instant` reads it,
/// without the `Instant`.
#[cfg(all(target_os = "linux", not(feature = "tsc")))]
mod source {
    use core::time::Duration;
    use std::sync::OnceLock;

    use rustix::time::{ClockId, clock_gettime};
    use tokio::time::Instant;

    use super::{NANOS_PER_SEC, ORIGIN, PAUSABLE, Tick};

    pub(super) const IS_READ: bool = !PAUSABLE;

    pub(super) fn now() -> Tick {
        tick(ClockId::Monotonic)
    }

    /// The kernel's coarse reading of the same clock: one of memory, as old as the kernel's last tick, 10 ms at most.
    pub(super) fn recent() -> Tick {
        tick(ClockId::MonotonicCoarse)
    }

    /// Timers are on the same clock.
    pub(super) const fn margin(_: Duration) -> Duration {
        Duration::ZERO
    }

    /// The instant of `tick`, or one some nanoseconds later.
    pub(super) fn instant(tick: Tick) -> Option<Instant> {
        /// A tick, and the instant of it or just behind.
        static ANCHOR: OnceLock<(Tick, Instant)> = OnceLock::new();

        let (anchor, at) = ANCHOR.get_or_init(anchor);
        // What was before the anchor has passed, as the anchor has.
        at.checked_add(tick.since(*anchor))
    }

    /// A reading of both at nearly the same time: none where the thread is kept waiting in between, which is rare.
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    fn anchor() -> (Tick, Instant) {
        const NEAR: Duration = Duration::from_micros(1);
        const TRIES: usize = 16;

        let read = || {
            let (tick, instant) = (now(), Instant::now());
            (now().since(tick), tick, instant)
        };
        let mut nearest = read();
        for _ in 1..TRIES {
            if nearest.0 <= NEAR {
                break;
            }
            nearest = core::cmp::min_by_key(nearest, read(), |reading| reading.0);
        }
        (nearest.1, nearest.2)
    }

    #[inline]
    #[expect(clippy::cast_sign_loss, reason = "time since the start of the machine")]
    fn tick(clock: ClockId) -> Tick {
        let time = clock_gettime(clock);
        Tick::from_nanos(ORIGIN + time.tv_sec as u64 * NANOS_PER_SEC + time.tv_nsec as u64)
    }
}

/// Elsewhere tokio's clock is read, as it is.
#[cfg(not(any(target_os = "linux", feature = "tsc")))]
mod source {
    use core::time::Duration;

    use tokio::time::Instant;

    use super::Tick;

    pub(super) const IS_READ: bool = false;

    pub(super) fn now() -> Tick {
        Tick::of_tokio()
    }

    pub(super) fn recent() -> Tick {
        Tick::of_tokio()
    }

    pub(super) const fn margin(_: Duration) -> Duration {
        Duration::ZERO
    }

    pub(super) const fn instant(_: Tick) -> Option<Instant> {
        None
    }
}

/// The processor's time stamp counter, or the system's clock where the processor does not say that it is steady.
#[cfg(feature = "tsc")]
mod source {
    use core::time::Duration;
    use std::sync::LazyLock;

    use quanta::Clock;
    use tokio::time::Instant;

    use super::{ORIGIN, PAUSABLE, Tick};

    pub(super) const IS_READ: bool = !PAUSABLE;

    /// Made by the first reading, which waits until the counter's rate is known.
    static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

    pub(super) fn now() -> Tick {
        let clock = &*CLOCK;
        // From zero on, and not from a first reading: to a counter that begins anew while the machine sleeps, that would
        // be ahead, and time would stand until it is reached.
        Tick::from_nanos(ORIGIN.saturating_add(clock.delta_as_nanos(0, clock.raw())))
    }

    /// No older than now: the kernel's coarse reading is on another scale, and they drift apart.
    pub(super) fn recent() -> Tick {
        now()
    }

    /// The system's clock, which timers are on, may be ahead: by some millionths, and by some ten-thousandths where the
    /// counter's rate was found by code that is not optimized.
    pub(super) const fn margin(wait: Duration) -> Duration {
        Duration::from_nanos(super::nanos(wait) >> 12)
    }

    /// Only as far ahead as the tick is: the scales drift apart.
    pub(super) const fn instant(_: Tick) -> Option<Instant> {
        None
    }
}

/// A reading of the monotonic clock, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(NonZeroU64);

impl Tick {
    /// Reads the clock: tokio's where it may be paused, and otherwise the system's, or with the feature `tsc` the
    /// processor's.
    #[inline]
    pub(crate) fn now() -> Self {
        if source::IS_READ { source::now() } else { Self::of_tokio() }
    }

    /// A time in the near past, at a quarter of the price: some milliseconds behind [`now`](Self::now) at most, and never
    /// ahead of it. Where tokio's clock may be paused, and with the feature `tsc`, it is [`now`](Self::now) itself.
    #[inline]
    pub(crate) fn recent() -> Self {
        if source::IS_READ { source::recent() } else { Self::of_tokio() }
    }

    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    fn of_tokio() -> Self {
        /// The standard clock, not tokio's: a paused clock that was advanced by a year would put the anchor ahead of
        /// every other runtime of the process.
        static ANCHOR: OnceLock<Instant> = OnceLock::new();

        let anchor = *ANCHOR.get_or_init(|| Instant::from_std(std::time::Instant::now()));
        let now = Instant::now();
        match now.checked_duration_since(anchor) {
            Some(ahead) => Self::from_nanos(ORIGIN.saturating_add(nanos(ahead))),
            None => Self::from_nanos(ORIGIN.saturating_sub(nanos(anchor.duration_since(now)))),
        }
    }

    /// The tick of that many nanoseconds on the scale of [`Tick::as_nanos`]; zero becomes one.
    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        match NonZeroU64::new(nanos) {
            Some(nanos) => Self(nanos),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// Nanoseconds on the clock's own scale: good for differences and for atomics, meaningless by itself.
    pub(crate) const fn as_nanos(self) -> u64 {
        self.0.get()
    }

    /// The tick `duration` later; the far end of the scale (centuries) where it would pass it.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// The tick `duration` earlier; the near end of the scale where it would pass it.
    pub(crate) fn before(self, duration: Duration) -> Self {
        Self::from_nanos(self.as_nanos().saturating_sub(nanos(duration)))
    }

    /// The time from `earlier` to this tick; zero when `earlier` is not earlier, as after a clock's jump.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.as_nanos().saturating_sub(earlier.as_nanos()))
    }
}

/// The present of a call, read by the first who asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment(Option<Tick>);

impl Moment {
    #[inline]
    pub(crate) fn tick(&mut self) -> Tick {
        *self.0.get_or_insert_with(Tick::now)
    }

    /// Whether anybody has asked.
    #[inline]
    pub(crate) fn is_read(self) -> bool {
        self.0.is_some()
    }
}

/// The end of a wait that blocks its thread.
///
/// It is on the system's clock whatever tokio's shows: nothing moves a paused clock on while its thread is blocked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm(Option<std::time::Instant>);

impl Alarm {
    /// When `tick` will be, as things stand.
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    pub(crate) fn at(tick: Tick) -> Self {
        Self(std::time::Instant::now().checked_add(left(tick)))
    }

    /// The time until then.
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    pub(crate) fn left(self) -> Duration {
        let Some(end) = self.0 else { return Duration::MAX };
        end.saturating_duration_since(std::time::Instant::now())
    }
}

/// Blocks the thread, whatever tokio's clock shows.
#[cfg(feature = "chaos")]
#[expect(clippy::disallowed_methods, reason = "this is where sleeping happens")]
pub(crate) fn block_for(duration: Duration) {
    std::thread::sleep(duration);
}

/// Whether the clock may ever go back: a test's paused clock that ends gives way to one that was not advanced, and the
/// processor's counter may begin anew. The system's does not, and a reading that is behind others is only late.
const GOES_BACK: bool = PAUSABLE || cfg!(feature = "tsc");

/// How far a clock that [may go back](GOES_BACK) may step back without being taken for another clock.
///
/// Threads read the clock before they take a lock, so that steps of microseconds are normal. A test's paused clock
/// that ends, and gives way to the next one's, steps back by as much as it was advanced: without notice of it, an open
/// breaker would stay open, and a window full, for that long.
pub(crate) const STEP_BACK: Duration = Duration::from_secs(1);

/// Whether `now` is no late reading of the clock of `earlier`, and is of another one.
pub(crate) fn is_another_clock(earlier: Tick, now: Tick) -> bool {
    GOES_BACK && earlier.since(now) > STEP_BACK
}

/// The latest of the readings of many threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latest(Tick);

impl Latest {
    /// No reading yet.
    pub(crate) const fn new() -> Self {
        Self(Tick::from_nanos(0))
    }

    /// The last one that notice was taken of.
    pub(crate) const fn tick(self) -> Tick {
        self.0
    }

    /// Takes notice of the time: never back by a little. Where it is back by a lot, also says how far: by as much has
    /// everything to be moved along.
    pub(crate) fn settle(&mut self, now: Tick) -> (Tick, Option<Duration>) {
        self.settle_on(now, GOES_BACK)
    }

    fn settle_on(&mut self, now: Tick, goes_back: bool) -> (Tick, Option<Duration>) {
        let back = Some(self.0.since(now)).filter(|back| goes_back && *back > STEP_BACK);
        self.0 = if back.is_some() { now } else { self.0.max(now) };
        (self.0, back)
    }
}

/// The system's date and time, for dates that come from outside. It may jump, and knows nothing of paused time.
#[cfg(feature = "http")]
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(crate) fn wall() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// A timer that ends at `tick`, never before it; tokio's grain is a millisecond.
///
/// # Panics
///
/// When polled outside of a tokio runtime with the time driver enabled, as every tokio timer.
#[expect(clippy::disallowed_methods, reason = "this is where sleeping happens")]
pub(crate) fn sleep_until(tick: Tick) -> Sleep {
    tokio::time::sleep_until(instant(tick))
}

/// A timer that ends after `duration`: as [`sleep_until`], without a tick in between.
///
/// # Panics
///
/// As [`sleep_until`].
#[expect(clippy::disallowed_methods, reason = "this is where sleeping happens")]
pub(crate) fn sleep_for(duration: Duration) -> Sleep {
    tokio::time::sleep(duration)
}

/// A timer of `runtime`, to be polled anywhere.
#[cfg(feature = "otlp")]
pub(crate) fn sleep_on(runtime: &tokio::runtime::Handle, duration: Duration) -> Sleep {
    let _entered = runtime.enter();
    sleep_for(duration)
}

/// The instant of `tick` on tokio's clock, for resetting a timer; where it has passed, one that has too.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(crate) fn instant(tick: Tick) -> Instant {
    if source::IS_READ
        && let Some(instant) = source::instant(tick)
    {
        return instant;
    }
    // First the tick: what may pass in between makes a timer late and never early.
    let left = left(tick);
    let now = Instant::now();
    now.checked_add(left).unwrap_or_else(|| now + FAR)
}

/// How long a timer has to run to end at `tick` and not before.
fn left(tick: Tick) -> Duration {
    let left = tick.since(Tick::now());
    if source::IS_READ { left.saturating_add(source::margin(left)) } else { left }
}

/// Whole nanoseconds, saturating after 584 years.
pub(crate) const fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        u64::MAX
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "just checked")]
        let nanos = nanos as u64;
        nanos
    }
}

#[cfg(test)]
mod tests;
