//! A call as a tree of lines, with a bar that shows when in the call's life each part ran.

use core::time::Duration;

use super::call::{Attempt, Call, Fallback, Queue, RecordedEvent, Wait};
use super::line::{Line, Paint, clip_front, columns, escape};
use super::step::{Pad, Step, summary};
use super::story::written;
use super::tell;
use crate::telemetry::names;

/// Steps of one call or attempt that are drawn before the middle ones are summed up.
const STEPS: usize = 19;
/// Steps drawn before and after those that are summed up.
const ENDS: usize = 8;
/// Lines of one drawing. A call with more is no longer looked at line by line.
const LINES: usize = 300;
/// Calls within calls that are drawn; the indentation takes the room of the text.
const DEPTH: usize = 8;
/// Columns for durations.
const TIME: usize = 8;
/// The least width there is any use in, and the most: lines are filled up to it with blanks.
const NARROWEST: usize = 40;
const WIDEST: usize = 1000;

/// How a call is drawn.
///
/// ```
#[cfg_attr(feature = "test-util", doc = "use resilience_runtime::testing::Style;")]
#[cfg_attr(not(feature = "test-util"), doc = "use resilience_runtime::terminal::Style;")]
///
/// let style = Style::new().width(80).colored(true);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    width: usize,
    colored: bool,
}

impl Style {
    /// 100 columns, plain text.
    #[must_use]
    pub const fn new() -> Self {
        Self { width: 100, colored: false }
    }

    /// The columns a line may take, from 40 to 1000. Under 60 there are no bars.
    #[must_use]
    pub const fn width(mut self, columns: usize) -> Self {
        self.width = match columns {
            ..NARROWEST => NARROWEST,
            WIDEST.. => WIDEST,
            _ => columns,
        };
        self
    }

    /// Whether colours are used.
    #[must_use]
    pub const fn colored(mut self, colored: bool) -> Self {
        self.colored = colored;
        self
    }

    /// Columns of the bar.
    const fn bar(self) -> usize {
        match self.width {
            ..60 => 0,
            60..100 => self.width / 5,
            _ => 24,
        }
    }

    /// Columns of the text left of durations and bars.
    const fn text(self) -> usize {
        let bar = self.bar();
        self.width - TIME - 1 - if bar > 0 { bar + 1 } else { 0 }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::new()
    }
}

/// Draws a call as a tree of lines.
///
/// Attempts (`█` in the bar), the waits between them and those for limits (`░`) stand in the order they began,
/// annotated functions below the attempt that called them. The bar's width is the life of the outermost call. Where
/// there are many steps, those in the middle are summed up in one line.
#[must_use]
pub fn draw(call: &Call, style: &Style) -> String {
    let mut drawing = Drawing { style: *style, total: call.duration, lines: Vec::new() };
    drawing.call(call, "", "", 0);
    if call.omitted > 0 {
        drawing.note("", &format!("… {} later spans and events were not kept", call.omitted));
    }
    drawing.finish()
}

/// Draws something that happened outside of any call.
#[cfg(feature = "terminal")]
pub(crate) fn draw_event(event: &RecordedEvent, style: &Style) -> Option<String> {
    let mut drawing = Drawing { style: *style, total: Duration::ZERO, lines: Vec::new() };
    let (paint, text) = tell::event(event)?;
    let mut line = Line::new(style.width);
    line.push(paint, "◆ ");
    line.push(Paint::Plain, &text);
    drawing.lines.push(line);
    Some(drawing.finish())
}

struct Drawing {
    style: Style,
    /// What the whole width of a bar stands for.
    total: Duration,
    lines: Vec<Line>,
}

impl Drawing {
    fn call(&mut self, call: &Call, head: &str, below: &str, depth: usize) {
        let (mark, paint) = tell::call_mark(&call.outcome);
        let text = format!(": {}", call.ending());
        // The outermost call's bar would always be full: its line is for the text alone.
        let (width, times) = match depth {
            0 => (self.style.width, tell::times(call)),
            _ => (self.style.text(), String::new()),
        };
        let rest = columns(head) + 2 + columns(&text) + columns(&times);
        let mut line = Line::new(width);
        line.push(Paint::Faint, head);
        line.push(paint, mark);
        line.push(Paint::Plain, " ");
        // The operation gives way, down to a few columns: how it ended matters more than where it lives.
        let room = width.saturating_sub(rest).max(12);
        line.push(Paint::Strong, &clip_front(&escape(&call.operation), room));
        line.push(Paint::Plain, &text);
        line.push(Paint::Plain, &times);
        if depth == 0 {
            self.lines.push(line);
        } else {
            self.row(line, call.at, call.duration, "█", paint);
        }

        let mut steps: Vec<_> = call.attempts.iter().map(Step::Attempt).collect();
        steps.extend(call.waits.iter().map(Step::Wait));
        steps.extend(call.queues.iter().map(Step::Queue));
        steps.extend(call.calls.iter().map(Step::Call));
        steps.extend(call.fallbacks().map(Step::Fallback));
        steps.extend(call.events.iter().filter(|event| tell::event(event).is_some()).map(Step::Event));
        // That the fallback was used needs no line beside the fallback's own.
        if call.fallback.is_some() {
            steps.retain(|step| !matches!(step, Step::Event(event) if event.name == names::FALLBACK_USED));
        }
        // Nor whose result it is, where the outcome says so.
        if call.outcome == "coalesced" {
            steps.retain(|step| !matches!(step, Step::Event(event) if event.name == names::CACHE_COALESCED));
        }
        // Nor that a bulkhead refused, beside the line of the wait for it.
        steps.retain(|step| !matches!(step, Step::Event(event) if tell::ends_queue(event, &call.queues)));
        let stem = format!("{below}{}", if steps.is_empty() { "  " } else { "│ " });
        let details = tell::details(call);
        let one_line = details.join("  ");
        if columns(&stem) + columns(&escape(&one_line)) <= self.style.width {
            self.note(&stem, &one_line);
        } else {
            for detail in &details {
                self.note(&stem, detail);
            }
        }
        self.steps(steps, below, depth);
    }

    fn steps(&mut self, mut steps: Vec<Step<'_>>, below: &str, depth: usize) {
        steps.sort_by_key(Step::order);
        let pad = Pad::of(&steps);
        if steps.len() <= STEPS {
            return self.some_steps(&steps, pad, true, below, depth);
        }
        let (first, rest) = steps.split_at(ENDS);
        let (middle, last) = rest.split_at(rest.len() - ENDS);
        self.some_steps(first, pad, false, below, depth);
        self.middle(middle, &format!("{below}┆  "));
        self.some_steps(last, pad, true, below, depth);
    }

    /// Draws steps; with `to_end`, the last of them closes the branch.
    fn some_steps(&mut self, steps: &[Step<'_>], pad: Pad, to_end: bool, below: &str, depth: usize) {
        let mut before = None;
        for (index, step) in steps.iter().enumerate() {
            let closes = to_end && index + 1 == steps.len();
            let head = format!("{below}{}", if closes { "└─ " } else { "├─ " });
            let below = format!("{below}{}", if closes { "   " } else { "│  " });
            match step {
                Step::Wait(wait) => self.wait(wait, &head),
                Step::Queue(queue) => self.queue(queue, &head),
                Step::Attempt(attempt) => {
                    // One message many times over says no more than once.
                    let is_new = before != Some(&attempt.error);
                    before = Some(&attempt.error);
                    self.attempt(attempt, pad, is_new, &head, &below, depth);
                }
                Step::Fallback(fallback) => self.fallback(fallback, &head, &below, depth),
                Step::Event(event) => self.event(event, &head),
                Step::Call(call) if depth < DEPTH => self.call(call, &head, &below, depth + 1),
                Step::Call(call) => self.note(&head, &format!("… {}", call.story())),
            }
        }
    }

    /// Steps in the middle of many, as one row.
    fn middle(&mut self, steps: &[Step<'_>], head: &str) {
        let mut line = Line::new(self.style.text());
        line.push(Paint::Faint, head);
        line.push(Paint::Faint, &summary(steps));
        let start = steps.first().map_or(Duration::ZERO, |step| step.span().0);
        let end = steps.iter().map(|step| step.span().1).max().unwrap_or(start);
        self.row(line, start, end.saturating_sub(start), "▒", Paint::Faint);
    }

    fn attempt(
        &mut self,
        attempt: &Attempt,
        pad: Pad,
        with_message: bool,
        head: &str,
        below: &str,
        depth: usize,
    ) {
        let (mark, paint) = tell::attempt_mark(&attempt.outcome);
        let mut line = Line::new(self.style.text());
        line.push(Paint::Faint, head);
        line.push(paint, mark);
        line.push(Paint::Plain, &format!(" {:>1$}", attempt.number, pad.number));
        line.push(Paint::Faint, &format!(" {:<1$}", attempt.kind, pad.kind));
        line.push(paint, &format!("  {:<1$}", attempt.outcome, pad.outcome));
        let error = attempt.error_type.as_deref().unwrap_or_default();
        let error = tell::attempt_error(&attempt.outcome, error);
        line.push(Paint::Plain, &if error.is_empty() { String::new() } else { format!("  {error}") });
        let message = attempt.error.as_deref().filter(|_| with_message).unwrap_or_default();
        let fits = columns(&escape(message)) + 2 <= line.room();
        if fits && !message.is_empty() {
            line.push(Paint::Plain, &format!("{} {message}", if error.is_empty() { " " } else { ":" }));
        }
        self.row(line, attempt.at, attempt.duration, "█", paint);

        let mut steps: Vec<_> = attempt.calls.iter().map(Step::Call).collect();
        steps.extend(attempt.events.iter().filter(|event| tell::event(event).is_some()).map(Step::Event));
        if !fits {
            let stem = if steps.is_empty() { "  " } else { "│ " };
            self.note(&format!("{below}{stem}"), message);
        }
        self.steps(steps, below, depth);
    }

    fn wait(&mut self, wait: &Wait, head: &str) {
        let mut line = Line::new(self.style.text());
        line.push(Paint::Faint, head);
        line.push(Paint::Faint, &format!("· wait {}", written(wait.delay)));
        if wait.source.as_deref() == Some("server_hint") {
            line.push(Paint::Faint, ", as the server asked");
        }
        if wait.duration < wait.delay {
            line.push(Paint::Warning, ", cut short");
        }
        self.row(line, wait.at, wait.duration, "░", Paint::Faint);
    }

    fn queue(&mut self, queue: &Queue, head: &str) {
        let (outcome, paint) = tell::queue_end(&queue.outcome);
        let text = format!("· queued for {}", queue.kind.replace('_', " "));
        let rest = columns(head) + columns(&text) + 1 + columns(&outcome);
        let mut line = Line::new(self.style.text());
        line.push(Paint::Faint, head);
        line.push(Paint::Faint, &text);
        // The name gives way, as that of an operation does.
        let room = self.style.text().saturating_sub(rest).max(12);
        line.push(Paint::Faint, &format!(" {}", clip_front(&escape(&queue.name), room)));
        line.push(paint, &outcome);
        self.row(line, queue.at, queue.duration, "░", Paint::Faint);
    }

    fn fallback(&mut self, fallback: &Fallback, head: &str, below: &str, depth: usize) {
        let (mark, paint) =
            if fallback.error_type.is_some() { ("✗", Paint::Bad) } else { ("↺", Paint::Warning) };
        let mut line = Line::new(self.style.text());
        line.push(Paint::Faint, head);
        line.push(paint, &format!("{mark} fallback"));
        if !fallback.reason.is_empty() {
            line.push(Paint::Plain, &format!(" for {}", fallback.reason));
        }
        if let Some(error) = &fallback.error_type {
            line.push(Paint::Plain, &format!(", failed: {error}"));
        }
        self.row(line, fallback.at, fallback.duration, "█", paint);
        let mut steps: Vec<_> = fallback.calls.iter().map(Step::Call).collect();
        steps.extend(fallback.events.iter().filter(|event| tell::event(event).is_some()).map(Step::Event));
        self.steps(steps, below, depth);
    }

    fn event(&mut self, event: &RecordedEvent, head: &str) {
        let Some((paint, text)) = tell::event(event) else { return };
        let mut line = Line::new(self.style.width);
        line.push(Paint::Faint, head);
        line.push(paint, "◆ ");
        line.push(Paint::Plain, &text);
        // A long text takes the room of the bar.
        let bar_from = self.style.text() + 1 + TIME;
        if line.room() + bar_from >= self.style.width {
            line.pad_to(bar_from);
            self.bar(&mut line, event.at, Duration::ZERO, "◆", paint);
        }
        self.lines.push(line);
    }

    /// A line with its duration and its bar.
    fn row(&mut self, line: Line, at: Duration, duration: Duration, cell: &str, paint: Paint) {
        let mut line = line.widened(self.style.width);
        let time = tell::short(duration);
        line.pad_to(self.style.text() + 1 + TIME.saturating_sub(time.len()));
        line.push(Paint::Faint, &time);
        self.bar(&mut line, at, duration, cell, paint);
        self.lines.push(line);
    }

    /// Shows when in the outermost call's life something was.
    fn bar(&self, line: &mut Line, at: Duration, duration: Duration, cell: &str, paint: Paint) {
        let cells = self.style.bar();
        if cells == 0 || self.total.is_zero() {
            return;
        }
        let start = self.cell(at, cells).min(cells - 1);
        let end = self.cell(at.saturating_add(duration), cells).clamp(start + 1, cells);
        line.push(Paint::Faint, &format!(" {}", "·".repeat(start)));
        line.push(paint, &cell.repeat(end - start));
        line.push(Paint::Faint, &"·".repeat(cells - end));
    }

    /// Which of `cells` a moment falls on, rounded to the nearest border between two.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few cells")]
    #[expect(clippy::cast_precision_loss, reason = "a few cells")]
    fn cell(&self, moment: Duration, cells: usize) -> usize {
        (moment.div_duration_f64(self.total) * cells as f64).round() as usize
    }

    /// A line of text without time; none when there is nothing to say.
    fn note(&mut self, head: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut line = Line::new(self.style.width);
        line.push(Paint::Faint, head);
        line.push(Paint::Faint, text);
        self.lines.push(line);
    }

    fn finish(mut self) -> String {
        if self.lines.len() > LINES {
            let more = self.lines.len() - LINES;
            self.lines.truncate(LINES);
            self.note("", &format!("… {more} more lines"));
        }
        let mut text = String::new();
        for line in &self.lines {
            line.write(self.style.colored, &mut text);
        }
        text
    }
}
