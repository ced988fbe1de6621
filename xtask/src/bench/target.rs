//! What is to be reached, and whether it is: each condition is computed from the figures.

use super::figures::{CLOCKED, Case, Figures, Shared, find};

/// One condition of a target.
#[derive(Debug)]
pub(super) struct Condition {
    /// The mark of the row, such as `B1`.
    pub(super) row: &'static str,
    pub(super) what: &'static str,
    pub(super) bound: Bound,
    pub(super) unit: Unit,
    /// Nothing, where it was not measured.
    pub(super) measured: Option<f64>,
    /// The same with the feature `tsc`, where that makes a difference. It does not decide.
    pub(super) with_counter: Option<f64>,
}

/// Where a figure has to lie.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Bound {
    /// Whether a figure lies on the right side.
    pub(super) fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtMost(bound) => figure <= bound,
            Self::AtLeast(bound) => figure >= bound,
        }
    }
}

/// What a figure is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    Times,
    Nanoseconds,
    Instructions,
    Bytes,
    Allocations,
    MillionsPerSecond,
    CpuSeconds,
    Milliseconds,
    Crates,
}

impl Condition {
    /// Whether it is met; nothing, where it was not measured.
    pub(super) fn is_met(&self) -> Option<bool> {
        self.measured.map(|measured| self.bound.holds(measured))
    }

    /// The same in words.
    pub(super) fn verdict(&self) -> &'static str {
        match self.is_met() {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "not measured",
        }
    }
}

/// Ours in the rows that have more than one.
const CALLS: &str = "resilient, window of calls";
const ROW: &str = "resilient, consecutive";
const LEASED: &str = "resilient, lease = 256";
const HAND: &str = "by hand: backon, recloser, governor, tokio";

/// All conditions, in the order of their rows.
///
/// # Errors
///
/// When a case is missing that a condition is about.
pub(super) fn judge(figures: &Figures) -> Result<Vec<Condition>, String> {
    let mut conditions = Vec::new();
    single(figures, &mut conditions)?;
    stacks(figures, &mut conditions)?;
    shared(figures, &mut conditions)?;
    telemetry(figures, &mut conditions)?;
    builds(figures, &mut conditions)?;
    counter(figures, &mut conditions)?;
    conditions.sort_by_key(|condition| condition.row);
    Ok(conditions)
}

/// Adds conditions to a list.
macro_rules! conditions {
    ($list:ident: $($row:literal $what:literal $bound:ident($limit:literal) $unit:ident = $measured:expr;)*) => {
        $($list.push(Condition {
            row: $row,
            what: $what,
            bound: Bound::$bound($limit),
            unit: Unit::$unit,
            measured: Option::<f64>::from($measured),
            with_counter: None,
        });)*
    };
}

fn single(figures: &Figures, list: &mut Vec<Condition>) -> Result<(), String> {
    let case = |row, who| figures.case(row, who);
    let [retry, hand, backon] = [case("B1", "resilient")?, case("B1", "by hand")?, case("B1", "backon")?];
    let [calls, row, recloser] =
        [case("C1", CALLS)?, case("C1", ROW)?, case("C1", "recloser, window of calls")?];
    let [time, failsafe] = [case("C2", "resilient")?, case("C2", "failsafe")?];
    let open = case("C3", "resilient")?;
    let refusal = figures.best_peer("C3", |case| Some(case.median), f64::min)?;
    let [limit, leased, governor] = [case("D1", "resilient")?, case("D1", LEASED)?, case("D1", "governor")?];
    let places = case("E1", "resilient")?;
    let timeout = case("T0", "resilient")?;
    let bare = case("A2", "bare")?.median;
    let [later, tokio] = [case("T0p", "resilient")?.median, case("T0p", "tokio::time::timeout")?.median];
    conditions! { list:
        "B1" "retry, time beside a loop by hand" AtMost(1.0) Times = retry.median / hand.median;
        "B1" "retry, instructions beside a loop by hand" AtMost(1.0) Times = retry.instructions / hand.instructions;
        "B1" "retry, instructions beside backon" AtMost(0.5) Times = retry.instructions / backon.instructions;
        "B2" "retry, future" AtMost(144.0) Bytes = retry.size;
        "C1" "closed, window of calls: recloser takes so often the time" AtLeast(10.0) Times = recloser.median / calls.median;
        "C1" "closed, window of calls" AtMost(30.0) Instructions = calls.instructions;
        "C1" "closed, consecutive: recloser takes so often the time" AtLeast(10.0) Times = recloser.median / row.median;
        "C1" "closed, consecutive" AtMost(30.0) Instructions = row.instructions;
        "C2" "closed, window of time: failsafe takes so often the time" AtLeast(6.0) Times = failsafe.median / time.median;
        "C3" "open: the best peer takes so often the time" AtLeast(2.5) Times = refusal / open.median;
        "C3" "open" AtMost(0.0) Allocations = open.allocations;
        "D1" "rate limit, time beside governor" AtMost(1.05) Times = limit.median / governor.median;
        "D1" "rate limit, instructions beside governor" AtMost(0.7) Times = limit.instructions / governor.instructions;
        "D2" "rate limit with leases: governor takes so often the time" AtLeast(2.5) Times = governor.median / leased.median;
        "E1" "bulkhead" AtMost(16.0) Nanoseconds = places.median;
        "E1" "bulkhead" AtMost(20.0) Instructions = places.instructions;
        "T0" "timeout, ready at once" AtMost(3.0) Nanoseconds = timeout.median;
        "T0" "timeout, pending once, added time beside tokio" AtMost(1.0) Times = (later - bare) / (tokio - bare);
    }
    Ok(())
}

fn stacks(figures: &Figures, list: &mut Vec<Condition>) -> Result<(), String> {
    let case = |row, who| figures.case(row, who);
    let [all, hand, tower] = [case("F1", "resilient")?, case("F1", HAND)?, case("F1", "tower-resilience")?];
    let leased = case("F1", LEASED)?;
    let bare = case("A2", "bare")?.median;
    let [later, hand_later] = [case("P1", "resilient")?.median, case("P1", HAND)?.median];
    // Rows with an `S` are not healthy.
    let healthy = figures.cases.iter().filter(|case| case.is_ours() && !case.row.starts_with('S'));
    let allocations = healthy.filter_map(|case| case.allocations).reduce(f64::max);
    conditions! { list:
        "F1" "all policies: the best stack by hand takes so often the time" AtLeast(3.0) Times = hand.median / all.median;
        "F1" "all policies: tower-resilience takes so often the time" AtLeast(25.0) Times = tower.median / all.median;
        "F1" "all policies" AtMost(110.0) Instructions = all.instructions;
        "F1" "all policies" AtMost(0.0) Allocations = all.allocations;
        "F1" "all policies, future" AtMost(192.0) Bytes = all.size;
        "F2" "all policies, with the limit of D2: the best stack by hand takes so often the time" AtLeast(6.0) Times = hand.median / leased.median;
        "F2" "all policies, with the limit of D2" AtMost(60.0) Instructions = leased.instructions;
        "P1" "all policies, pending once, added time beside the best stack by hand" AtMost(0.75) Times
            = (later - bare) / (hand_later - bare);
        "H1" "any healthy call" AtMost(0.0) Allocations = allocations;
    }
    Ok(())
}

fn shared(figures: &Figures, list: &mut Vec<Condition>) -> Result<(), String> {
    let two = |row, who| Ok::<Option<Shared>, String>(figures.case(row, who)?.shared);
    let scaling = |shared: Option<Shared>| shared.map(|shared| shared.two / shared.one);
    let millions = |shared: Option<Shared>| shared.map(|shared| shared.two / 1e6);
    let at = |shared: Option<Shared>, index: usize| shared.map(|shared| shared.percentiles[index]);
    let [calls, time, rate] = [two("C1", CALLS)?, two("C2", "resilient")?, two("D1", "resilient")?];
    let [leased, governor] = [two("D1", LEASED)?, two("D1", "governor")?];
    let beside = |ours: Option<Shared>, row| {
        let best = figures.best_peer(row, |case: &Case| case.shared.map(|shared| shared.two), f64::max);
        // Without a second core there is nothing.
        ours.zip(best.ok()).map(|(ours, best)| ours.two / best)
    };
    conditions! { list:
        "C4" "one breaker, two threads, window of calls: of one thread's calls" AtLeast(1.8) Times = scaling(calls);
        "C4" "one breaker, two threads, window of calls: of the best peer's calls" AtLeast(50.0) Times = beside(calls, "C1");
        "C4" "one breaker, two threads, window of calls: p99" AtMost(50.0) Nanoseconds = at(calls, 2);
        "C4" "one breaker, two threads, window of time: of one thread's calls" AtLeast(1.8) Times = scaling(time);
        "C4" "one breaker, two threads, window of time: of the best peer's calls" AtLeast(15.0) Times = beside(time, "C2");
        "C4" "one breaker, two threads, window of time: p99" AtMost(50.0) Nanoseconds = at(time, 2);
        "D3" "rate limit with leases, two threads: of governor's calls" AtLeast(15.0) Times
            = leased.zip(governor).map(|(leased, governor)| leased.two / governor.two);
        "D3" "rate limit with leases, two threads: p99" AtMost(150.0) Nanoseconds = at(leased, 2);
        "U1" "one breaker, two threads" AtLeast(2.0) MillionsPerSecond = millions(time);
        "U1" "one breaker, two threads: p50" AtMost(50.0) Nanoseconds = at(time, 0);
        "U1" "one breaker, two threads: p99" AtMost(200.0) Nanoseconds = at(time, 2);
        "U2" "one rate limit, two threads" AtLeast(5.0) MillionsPerSecond = millions(rate);
        "U2" "one rate limit, two threads: p50" AtMost(30.0) Nanoseconds = at(rate, 0);
        "U2" "one rate limit, two threads: p99" AtMost(150.0) Nanoseconds = at(rate, 2);
        "U2" "one rate limit with leases, two threads" AtLeast(5.0) MillionsPerSecond = millions(leased);
        "U2" "one rate limit with leases, two threads: p50" AtMost(30.0) Nanoseconds = at(leased, 0);
        "U2" "one rate limit with leases, two threads: p99" AtMost(150.0) Nanoseconds = at(leased, 2);
    }
    Ok(())
}

/// Computes the same conditions from the program with the feature `tsc`, and writes them beside.
fn counter(figures: &Figures, list: &mut [Condition]) -> Result<(), String> {
    let Some(cases) = &figures.counter else { return Ok(()) };
    let figures = Figures { cases: cases.clone(), ..Figures::default() };
    let mut others = Vec::new();
    single(&figures, &mut others)?;
    stacks(&figures, &mut others)?;
    for other in others {
        // Futures and allocations are the same.
        let differs = [Unit::Times, Unit::Instructions].contains(&other.unit) && CLOCKED.contains(&other.row);
        let same =
            list.iter_mut().find(|it| it.row == other.row && it.what == other.what && it.unit == other.unit);
        if let (true, Some(condition)) = (differs, same) {
            condition.with_counter = other.measured;
        }
    }
    Ok(())
}

fn telemetry(figures: &Figures, list: &mut Vec<Condition>) -> Result<(), String> {
    let [mut instructions, mut bytes, mut time] = [None; 3];
    if let Some(telemetry) = &figures.telemetry {
        let [loud, quiet] = [figures.case("F1", "resilient")?, find(&telemetry.quiet, "F1", "resilient")?];
        let [before, after] =
            [find(&telemetry.before, "F1", "resilient")?, find(&telemetry.counted, "F1", "resilient")?];
        instructions = Some(loud.instructions - quiet.instructions);
        bytes = Some(loud.size - quiet.size);
        time = Some(after.fastest - before.fastest);
    }
    conditions! { list:
        "T1" "telemetry compiled in and off, added" AtMost(15.0) Instructions = instructions;
        "T1" "telemetry compiled in and off, added to the future" AtMost(0.0) Bytes = bytes;
        "T2" "counters with a provider installed, added" AtMost(10.0) Nanoseconds = time;
    }
    Ok(())
}

fn builds(figures: &Figures, list: &mut Vec<Condition>) -> Result<(), String> {
    let [mut seconds, mut crates, mut expand] = [None; 3];
    let [mut build, mut build_instructions, mut check, mut check_instructions] = [None; 4];
    if let Some(compile) = &figures.compile {
        let absent = || "a program is missing that a target is about".to_owned();
        let clean = compile.clean.iter().find(|clean| clean.name == "resilient").ok_or_else(absent)?;
        let many = |name| compile.many.iter().find(|many| many.name == name).ok_or_else(absent);
        let [by_hand, instrument, retry] = [many("loop")?, many("instrument")?, many("retry")?];
        seconds = Some(clean.seconds);
        #[expect(clippy::cast_precision_loss, reason = "some dozens")]
        let others = (clean.crates - clean.of_tracing) as f64;
        crates = Some(others);
        expand = Some(retry.expand);
        build = Some(retry.build / by_hand.build);
        build_instructions = Some(retry.build_instructions / by_hand.build_instructions);
        check = Some(retry.check / instrument.check);
        check_instructions = Some(retry.check_instructions / instrument.check_instructions);
    }
    conditions! { list:
        "I1" "clean debug build of one function" AtMost(9.0) CpuSeconds = seconds;
        "I1" "clean debug build of one function, without tracing's own" AtMost(14.0) Crates = crates;
        "I3" "one of 200 functions, expansion" AtMost(0.5) Milliseconds = expand;
        "I3" "one of 200 functions, build beside a loop by hand" AtMost(1.5) Times = build;
        "I3" "one of 200 functions, build in instructions beside a loop by hand" AtMost(1.5) Times = build_instructions;
        "I3" "one of 200 functions, check beside `#[instrument]`" AtMost(1.0) Times = check;
        "I3" "one of 200 functions, check in instructions beside `#[instrument]`" AtMost(1.0) Times = check_instructions;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(bound: Bound, measured: Option<f64>) -> Condition {
        Condition { row: "B1", what: "", bound, unit: Unit::Times, measured, with_counter: None }
    }

    #[test]
    fn a_bound_is_met_on_its_own_side_and_at_the_limit() {
        assert_eq!(condition(Bound::AtMost(1.0), Some(1.0)).is_met(), Some(true));
        assert_eq!(condition(Bound::AtMost(1.0), Some(1.01)).is_met(), Some(false));
        assert_eq!(condition(Bound::AtLeast(3.0), Some(3.0)).is_met(), Some(true));
        assert_eq!(condition(Bound::AtLeast(3.0), Some(2.9)).is_met(), Some(false));
    }

    #[test]
    fn what_is_not_measured_is_neither_met_nor_missed() {
        assert_eq!(condition(Bound::AtLeast(3.0), None).is_met(), None);
    }

    #[test]
    fn a_case_that_was_renamed_is_missed() {
        assert!(judge(&Figures::default()).unwrap_err().contains("there is no case"));
    }
}
