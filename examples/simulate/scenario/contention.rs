//! Clients that compete for a row: the published experiment.

use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::backend::Row;
use crate::chart::{Axis, Figure, Panel, Scale, Series};
use crate::clients::contend::{CONTENDERS, Contender, DECORRELATED, EQUAL, EXPONENTIAL, FULL, NONE};
use crate::figures::{Spread, change, millis, real};
use crate::page::{Section, Table, percent};
use crate::reference::{Race, Rules};
use crate::scenario::Plan;
use crate::world::{begin, in_virtual_time};

/// The number of clients that the published text speaks of.
const CLIENTS: usize = 100;

/// A figure that hardly differs: within this share of the other.
const ALIKE: f64 = 0.05;

/// What a contender came to with so many clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) clients: usize,
    pub(crate) calls: Spread,
    /// In milliseconds.
    pub(crate) time: Spread,
    /// Calls and time by the published formulas ..
    pub(crate) published: (Spread, Spread),
    /// .. and by the same, with what the runtime does otherwise.
    pub(crate) alike: (Spread, Spread),
}

/// The outcomes of one contender, by rising numbers of clients.
#[derive(Debug)]
pub(crate) struct Curve {
    pub(crate) name: &'static str,
    pub(crate) outcomes: Vec<Outcome>,
}

pub(crate) fn measure(plan: Plan) -> io::Result<Vec<Curve>> {
    in_virtual_time(async {
        let mut curves = Vec::new();
        for contender in CONTENDERS {
            let mut outcomes = Vec::new();
            for &clients in plan.clients {
                let [mut ours, mut published, mut alike] = [const { Vec::new() }; 3];
                for run in 0..plan.runs {
                    let seed = plan.seed_of(run);
                    ours.push(race(contender, clients, seed).await?);
                    published.push(contender.formula.race(clients, seed, Rules::Published));
                    alike.push(contender.formula.race(clients, seed, Rules::Runtime));
                }
                let [(calls, time), published, alike] = [ours, published, alike].map(|races| spreads(&races));
                outcomes.push(Outcome { clients, calls, time, published, alike });
            }
            curves.push(Curve { name: contender.name, outcomes });
        }
        Ok(curves)
    })?
}

fn spreads(races: &[Race]) -> (Spread, Spread) {
    let of = |figure: fn(&Race) -> f64| Spread::of(&races.iter().map(figure).collect::<Vec<_>>());
    (of(|race| race.calls), of(|race| race.time))
}

/// Lets so many clients write one row, all from now on.
async fn race(contender: Contender, clients: usize, seed: u64) -> io::Result<Race> {
    begin(seed).await;
    let (row, start, mut racing) = (Arc::new(Row::new(seed)), Instant::now(), JoinSet::new());
    for _ in 0..clients {
        racing.spawn((contender.update)(Arc::clone(&row)));
    }
    while let Some(written) = racing.join_next().await {
        written?.map_err(|_| io::Error::other("a client gave up"))?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let calls = row.writes() as f64;
    Ok(Race { calls, time: millis(start.elapsed()) })
}

pub(crate) fn play(plan: Plan) -> io::Result<Section> {
    Ok(tell(&measure(plan)?, plan))
}

/// The outcome of a contender with the published number of clients, or the one nearest to it.
pub(crate) fn outcome(curves: &[Curve], contender: Contender) -> Option<Outcome> {
    let curve = curves.iter().find(|curve| curve.name == contender.name)?;
    curve.outcomes.iter().min_by_key(|outcome| outcome.clients.abs_diff(CLIENTS)).copied()
}

fn tell(curves: &[Curve], plan: Plan) -> Section {
    let mut section = Section::new(
        "Clients that compete for a row",
        "So many clients write one row at once. A write that another one came before fails, and its client reads \
         the row again and tries until it succeeds. This is the experiment of Marc Brooker, [Exponential Backoff \
         And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), AWS Architecture \
         Blog, 2015: base 5 ms, cap 2 s, each of four ways through the network takes 10 ms with a standard deviation \
         of 2 ms. *Calls* are the writes of all clients together, *time* is what passes until the last of them has \
         written.",
    );
    section.picture("contention", &draw(curves, plan));
    let heads: Vec<_> = std::iter::once("clients").chain(curves.iter().map(|curve| curve.name)).collect();
    let mut calls = Table::new(&heads);
    let mut times = Table::new(&heads);
    for (index, &clients) in plan.clients.iter().enumerate() {
        let row = |figure: fn(&Outcome) -> Spread, unit: f64, decimals: usize| {
            let of = |curve: &Curve| {
                let Spread { mean, deviation } = figure(&curve.outcomes[index]);
                format!("{:.decimals$}", Spread { mean: mean / unit, deviation: deviation / unit })
            };
            std::iter::once(clients.to_string()).chain(curves.iter().map(of)).collect::<Vec<_>>()
        };
        calls.row(row(|outcome| outcome.calls, 1.0, 0));
        times.row(row(|outcome| outcome.time, 1e3, 2));
    }
    section.text(&format!(
        "Calls until all have written: the mean of {} runs, and the standard deviation of a run.",
        plan.runs
    ));
    section.table(&calls);
    section.text("Seconds until all have written:");
    section.table(&times);
    compare(&mut section, curves);
    section
}

fn draw(curves: &[Curve], plan: Plan) -> Figure {
    let series = |figure: fn(&Outcome) -> Spread, unit: f64| {
        let line = |curve: &Curve| {
            let point = |outcome: &Outcome| (real(outcome.clients), figure(outcome).mean / unit);
            let band = |outcome: &Outcome| {
                let Spread { mean, deviation } = figure(outcome);
                (real(outcome.clients), (mean - deviation) / unit, (mean + deviation) / unit)
            };
            Series {
                name: curve.name,
                points: curve.outcomes.iter().map(point).collect(),
                band: curve.outcomes.iter().map(band).collect(),
            }
        };
        curves.iter().map(line).collect()
    };
    let axis = || Axis { label: "competing clients", scale: Scale::Linear };
    Figure {
        title: "One row, many writers: what jitter saves",
        note: format!("mean of {} runs; the bands are one standard deviation of a run", plan.runs),
        panels: vec![
            Panel {
                title: "calls until all have written",
                x: axis(),
                y: Axis { label: "calls", scale: Scale::Linear },
                series: series(|outcome| outcome.calls, 1.0),
                shade: None,
            },
            Panel {
                title: "time until all have written",
                x: axis(),
                y: Axis { label: "seconds", scale: Scale::Log },
                series: series(|outcome| outcome.time, 1e3),
                shade: None,
            },
        ],
    }
}

/// What was published, and whether it came out here as well.
fn compare(section: &mut Section, curves: &[Curve]) {
    let [Some(none), Some(exponential), Some(full), Some(equal), Some(decorrelated)] =
        [NONE, EXPONENTIAL, FULL, EQUAL, DECORRELATED].map(|contender| outcome(curves, contender))
    else {
        return;
    };
    let calls = |one: Outcome, other: Outcome| change(one.calls.mean, other.calls.mean);
    let time = |one: Outcome, other: Outcome| change(one.time.mean, other.time.mean);
    let both =
        |one, other| format!("{} calls, {} time", percent(calls(one, other)), percent(time(one, other)));

    section.heading("Agreement with what was published");
    section.text(
        "The post gives its results as curves and sentences, without a table. These are its statements; the figures \
         are with 100 clients where nothing else is said, and what differs by less than 5 % counts as the same.",
    );
    let mut table = Table::of_words(&["published", "here", "agrees"]);
    let mut claim = |published: &str, here: String, agrees: &str| {
        table.row([published.to_owned(), here, agrees.to_owned()]);
    };
    let verdict = |agrees: bool| if agrees { "yes" } else { "**no**" };
    if let Some((fewest, most)) = ends(curves, NONE) {
        let further = |one: Outcome, other: Outcome| {
            (other.time.mean - one.time.mean) / real(other.clients - one.clients)
        };
        let (first, then) = (further(fewest, none), further(none, most));
        claim(
            "without backoff, time grows linearly with the clients",
            format!("{first:.0} ms for each further client up to {}, {then:.0} ms from there", none.clients),
            verdict(change(then, first).abs() < 0.2),
        );
        let (first, then) = (power(fewest, none), power(none, most));
        claim(
            "without backoff, calls grow as the square of the clients",
            format!("as their power of {first:.2} up to {} clients, {then:.2} from there", none.clients),
            if then > first && (1.8..2.1).contains(&then) {
                "nearly: it comes closer to 2"
            } else {
                "**no**"
            },
        );
    }
    claim(
        "backoff without jitter reduces the calls, but slightly",
        format!("{} calls", percent(calls(exponential, none))),
        verdict((-0.33..-ALIKE).contains(&calls(exponential, none))),
    );
    claim(
        "full jitter takes less than half of the calls of backoff without jitter, with 100 clients",
        format!("{} calls", percent(calls(full, exponential))),
        verdict(calls(full, exponential) < -0.5),
    );
    claim(
        "backoff without jitter takes more calls than any with jitter, and far more time",
        [("full", full), ("equal", equal), ("decorrelated", decorrelated)]
            .map(|(name, jittered)| format!("than {name}: {}", both(exponential, jittered)))
            .join("; "),
        verdict(
            [full, equal, decorrelated]
                .into_iter()
                .all(|jittered| calls(exponential, jittered) > ALIKE && time(exponential, jittered) > 1.0),
        ),
    );
    claim(
        "equal jitter takes as many calls as full jitter, or slightly more",
        format!("{} calls", percent(calls(equal, full))),
        verdict((-ALIKE..0.1).contains(&calls(equal, full))),
    );
    claim(
        "equal jitter takes much more time than full jitter",
        format!("{} time", percent(time(equal, full))),
        verdict(time(equal, full) > 0.2),
    );
    claim(
        "decorrelated jitter takes more calls than full jitter, and slightly less time",
        both(decorrelated, full),
        verdict(calls(decorrelated, full) > ALIKE && (-0.25..0.0).contains(&time(decorrelated, full))),
    );
    if let Some((_, most)) = ends(curves, FULL) {
        let power = power(full, most);
        claim(
            "jitter does not change that calls grow as the square",
            format!(
                "with full jitter, as the power of {power:.2} from {} clients to {}",
                full.clients, most.clients
            ),
            if power < 1.8 { "**not** with so few clients" } else { "yes" },
        );
    }
    section.table(&table);
    against_formulas(section, curves);
}

/// How far the runtime is from the published formulas, and why.
fn against_formulas(section: &mut Section, curves: &[Curve]) {
    section.text(
        "Closer than sentences are the published formulas themselves, run without the runtime as a plain queue of \
         events: once on an exact clock as published, and once with what the runtime does otherwise. That is: tokio's \
         timer counts whole milliseconds, so that ways through the network are drawn in them and a wait for a retry \
         ends at the next one; of timers that end in the same millisecond, the last one set comes first, so that a \
         read comes after a write rather than before it, and sees what it has written; and `decorrelated` cuts its \
         range off at the cap before it draws, where the published formula draws and then cuts off. With 100 clients, \
         and how far the runtime is off:",
    );
    let mut table = Table::new(&[
        "",
        "calls",
        "as published",
        "with the differences",
        "seconds",
        "as published",
        "with the differences",
    ]);
    for (curve, contender) in curves.iter().zip(CONTENDERS) {
        let Some(outcome) = outcome(curves, contender) else { continue };
        let Outcome { calls, time, published, alike, .. } = outcome;
        let against = |ours: Spread, theirs: Spread| percent(change(ours.mean, theirs.mean));
        table.row([
            curve.name.to_owned(),
            format!("{:.0}", calls.mean),
            format!("{:.0} ({})", published.0.mean, against(calls, published.0)),
            format!("{:.0} ({})", alike.0.mean, against(calls, alike.0)),
            format!("{:.2}", time.mean / 1e3),
            format!("{:.2} ({})", published.1.mean / 1e3, against(time, published.1)),
            format!("{:.2} ({})", alike.1.mean / 1e3, against(time, alike.1)),
        ]);
    }
    section.table(&table);
    section.text(
        "The published simulator doubles its base before the first wait, so that the annotated functions say `base = \
         \"10ms\"` for the published 5 ms; `decorrelated` starts from the base itself and says `\"5ms\"`.",
    );
}

/// The outcomes with the fewest and the most clients.
fn ends(curves: &[Curve], contender: Contender) -> Option<(Outcome, Outcome)> {
    let outcomes = &curves.iter().find(|curve| curve.name == contender.name)?.outcomes;
    let (first, last) = (*outcomes.first()?, *outcomes.last()?);
    (first.clients < CLIENTS && CLIENTS < last.clients).then_some((first, last))
}

/// The power of the clients that calls grow as, between two numbers of them.
fn power(few: Outcome, many: Outcome) -> f64 {
    (many.calls.mean / few.calls.mean).ln() / (real(many.clients) / real(few.clients)).ln()
}
