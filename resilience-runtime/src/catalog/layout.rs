//! Tables as text: how wide each column is, and what is shortened to get there.

use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};

use super::entry::Entry;

/// How wide a table on a terminal may be.
const WIDTH: usize = 100;

/// What stands between two columns.
const GAP: &str = "  ";

/// What stands between the members of a list.
const LIST: &str = ", ";

/// Rows of cells under a head.
pub(super) struct Table {
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// How functions and files are named.
pub(super) enum Paths {
    Full,
    /// By the last parts of each path: as few as tell it from every other.
    Short(BTreeMap<&'static str, &'static str>),
}

impl Paths {
    #[inline]
    pub(super) fn short(entries: &[Entry]) -> Self {
        let mut short = shortened(entries.iter().map(|entry| entry.operation), operation);
        short.extend(shortened(entries.iter().map(|entry| entry.file), file));
        Self::Short(short)
    }

    /// How `path` is named.
    #[inline]
    pub(super) fn name(&self, path: &'static str) -> &'static str {
        match self {
            Self::Full => path,
            Self::Short(short) => short.get(path).copied().unwrap_or(path),
        }
    }
}

/// Each of the `paths` with the fewest of its last parts that no other one ends with.
#[inline]
fn shortened(
    paths: impl Iterator<Item = &'static str>,
    last: fn(usize, &'static str) -> &'static str,
) -> BTreeMap<&'static str, &'static str> {
    let paths = paths.collect::<BTreeSet<_>>();
    let short = |path: &'static str| {
        let is_alone = |short: &&str| paths.iter().all(|other| *other == path || !ends_with(other, short));
        (1..path.len()).map(|parts| last(parts, path)).find(is_alone).unwrap_or(path)
    };
    paths.iter().map(|path| (*path, short(path))).collect()
}

/// Whether the last parts of `path` are `parts`.
#[inline]
fn ends_with(path: &str, parts: &str) -> bool {
    path.strip_suffix(parts).is_some_and(|before| before.is_empty() || before.ends_with([':', '/', '\\']))
}

/// The last `parts` of a function's path, with its type where it has one.
#[inline]
fn operation(parts: usize, path: &str) -> &str {
    let with_owner = last(parts + 1, path, path.rmatch_indices("::"));
    if with_owner.starts_with(char::is_uppercase) {
        return with_owner;
    }
    last(parts, path, path.rmatch_indices("::"))
}

/// The last `parts` of a file's path, wherever it was compiled.
#[inline]
fn file(parts: usize, path: &str) -> &str {
    last(parts, path, path.rmatch_indices(['/', '\\']))
}

#[inline]
fn last<'path>(
    parts: usize,
    path: &'path str,
    mut separators: impl Iterator<Item = (usize, &'path str)>,
) -> &'path str {
    match parts.checked_sub(1).and_then(|before| separators.nth(before)) {
        Some((at, separator)) => &path[at + separator.len()..],
        None => path,
    }
}

impl Table {
    /// Whether no line is too wide for a terminal.
    #[inline]
    pub(super) fn fits(&self) -> bool {
        total(&natural(&self.lines())) <= WIDTH
    }

    /// The cells that some row has, each column as wide as its longest; of a table that is too wide, the widest columns
    /// go on below.
    #[inline]
    pub(super) fn aligned(&self) -> String {
        let lines = self.lines();
        let widths = fitted(&lines);
        let mut text = String::new();
        for line in &lines {
            let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| wrapped(cell, *width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for row in 0..height {
                let parts = cells.iter().zip(&widths).map(|(cell, width)| {
                    let part = cell.get(row).map_or("", String::as_str);
                    format!("{part:width$}")
                });
                _ = writeln!(text, "{}", parts.collect::<Vec<_>>().join(GAP).trim_end());
            }
        }
        text
    }

    /// The head and the rows, without the columns that no row uses.
    #[inline]
    fn lines(&self) -> Vec<Vec<String>> {
        let used = |column: &usize| self.rows.iter().any(|row| !row[*column].is_empty());
        let columns: Vec<_> = (0..self.head.len()).filter(used).collect();
        let head = columns.iter().map(|column| self.head[*column].to_uppercase()).collect();
        let rows = self.rows.iter().map(|row| {
            let cells = columns.iter().map(|column| match row[*column].as_str() {
                "" => "-".to_owned(),
                cell => cell.to_owned(),
            });
            cells.collect()
        });
        core::iter::once(head).chain(rows).collect()
    }

    #[inline]
    pub(super) fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            // A line break or a bar would end the cell.
            let cells = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let head: Vec<_> = self.head.iter().map(|cell| sentence(cell)).collect();
        let mut text = line(&head) + &format!("|{}\n", "---|".repeat(head.len()));
        text.extend(self.rows.iter().map(|row| line(row)));
        text
    }
}

/// The members of a list, or the words of anything else: what a cell is better not broken within.
#[inline]
fn members(cell: &str) -> Vec<&str> {
    cell.split_inclusive(if cell.contains(LIST) { LIST } else { " " }).map(str::trim_end).collect()
}

#[inline]
fn words(cell: &str) -> Vec<&str> {
    cell.split(' ').collect()
}

/// `cell` in lines of at most `width`, but for a word that is wider.
#[inline]
fn wrapped(cell: &str, width: usize) -> Vec<String> {
    let members = members(cell);
    let is_too_wide = members.iter().any(|member| columns(member) > width);
    let mut lines: Vec<String> = Vec::new();
    for piece in if is_too_wide { words(cell) } else { members } {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(piece) <= width => {
                line.push(' ');
                line.push_str(piece);
            }
            _ => lines.push(piece.to_owned()),
        }
    }
    lines
}

#[inline]
fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The widths of columns whose cells stand in one line each.
#[inline]
fn natural(lines: &[Vec<String>]) -> Vec<usize> {
    widest(lines, columns)
}

/// Those from which columns have given room until the table fits, the widest first: lists down to their widest member,
/// then the others to their widest word, then lists to theirs.
#[inline]
fn fitted(lines: &[Vec<String>]) -> Vec<usize> {
    let mut widths = natural(lines);
    let longest = |pieces: Vec<&str>| pieces.into_iter().map(columns).max().unwrap_or(0);
    let widest_list = |cell: &str| if cell.contains(LIST) { longest(members(cell)) } else { columns(cell) };
    let steps = [
        widest(lines, widest_list),
        widest(lines, |cell| longest(members(cell))),
        widest(lines, |cell| longest(words(cell))),
    ];
    for least in steps {
        while total(&widths) > WIDTH {
            let can_give = (0..widths.len()).filter(|column| widths[*column] > least[*column]);
            let Some(column) = can_give.max_by_key(|column| widths[*column]) else { break };
            widths[column] -= 1;
        }
    }
    widths
}

/// The most that `measure` gives for a cell of each column.
#[inline]
fn widest(lines: &[Vec<String>], measure: impl Fn(&str) -> usize) -> Vec<usize> {
    let count = lines.first().map_or(0, Vec::len);
    (0..count).map(|column| lines.iter().map(|line| measure(&line[column])).max().unwrap_or(0)).collect()
}

/// The width of a table with columns of these.
#[inline]
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

/// With a capital letter in front.
#[inline]
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_by_its_last_parts() {
        assert_eq!(operation(1, "shop::orders::Orders::place"), "Orders::place");
        assert_eq!((operation(1, "publish"), operation(1, "shop::publish")), ("publish", "publish"));
        assert_eq!((file(1, "src/shop.rs"), file(2, "a\\src\\shop.rs")), ("shop.rs", "src\\shop.rs"));
    }

    #[test]
    fn as_many_parts_are_named_as_tell_a_path_from_the_others() {
        let names =
            |paths: &[&'static str]| shortened(paths.iter().copied(), file).into_values().collect::<Vec<_>>();
        assert_eq!(names(&["src/a.rs", "src/b.rs", "src/b.rs"]), ["a.rs", "b.rs"]);
        assert_eq!(names(&["a/mod.rs", "b/mod.rs", "c/lib.rs"]), ["a/mod.rs", "b/mod.rs", "lib.rs"]);
        assert_eq!(names(&["mod.rs", "src/mod.rs"]), ["mod.rs", "src/mod.rs"]);
        assert_eq!(names(&["a_mod.rs", "mod.rs"]), ["a_mod.rs", "mod.rs"]);
    }

    #[test]
    fn a_wide_cell_goes_on_below_between_the_members_of_its_list() {
        assert_eq!(wrapped("breaker orders, fallback", 20), ["breaker orders,", "fallback"]);
        assert_eq!(wrapped("breaker orders, fallback", 24), ["breaker orders, fallback"]);
        assert_eq!(wrapped("exp_jitter 100ms to 1s", 12), ["exp_jitter", "100ms to 1s"]);
        assert_eq!(wrapped("breaker orders, fallback", 9), ["breaker", "orders,", "fallback"]);
        assert_eq!(wrapped("unbreakable", 4), ["unbreakable"]);
    }

    #[test]
    fn the_widest_columns_give_room_until_the_table_fits() {
        let cell = |text: &str, count: usize| vec![text; count].join(", ");
        let line = |cells: [String; 3]| cells.to_vec();
        let lines = [line([cell("name", 1), cell("settings", 9), cell("user", 12)])];
        let widths = fitted(&lines);
        assert_eq!((widths[0], total(&widths)), (4, WIDTH));
        // Nothing is broken within.
        let lines = [line(["a".repeat(90), "b".repeat(30), cell("c", 5)])];
        assert_eq!(fitted(&lines), [90, 30, 2]);
    }
}
