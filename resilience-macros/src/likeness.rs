//! How alike two words are, for suggestions.
//!
//! The measure of Jaro, with Winkler's bonus for a common beginning, where people mistype least: W. E. Winkler, "String
//! Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage" (1990). By hand, as it is
//! all that would be used of a crate that each user builds.

/// Below this likeness a common beginning says nothing.
const SIMILAR: f64 = 0.7;

/// The longest beginning that counts, and what each letter of it is worth.
const BEGINNING: usize = 4;
const BONUS: f64 = 0.1;

/// From 0 for words that have nothing in common to 1 for the same.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    let one = one.chars().collect::<Vec<_>>();
    let other = other.chars().collect::<Vec<_>>();
    let likeness = without_bonus(&one, &other);
    if likeness <= SIMILAR {
        return likeness;
    }
    let mut beginning = 0;
    while beginning < BEGINNING
        && one.get(beginning).is_some_and(|letter| other.get(beginning) == Some(letter))
    {
        beginning += 1;
    }
    likeness + BONUS * number(beginning) * (1.0 - likeness)
}

/// The mean of three shares: of each word's letters that the other has near the same place, and of those that are in the
/// same order.
fn without_bonus(one: &[char], other: &[char]) -> f64 {
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    let reach = (one.len().max(other.len()) / 2).saturating_sub(1);
    let mut is_taken = vec![false; other.len()];
    let mut common = Vec::new();
    for (at, letter) in one.iter().enumerate() {
        for place in at.saturating_sub(reach)..other.len().min(at + reach + 1) {
            if !is_taken[place] && other[place] == *letter {
                is_taken[place] = true;
                common.push(letter);
                break;
            }
        }
    }
    if common.is_empty() {
        return 0.0;
    }
    let (mut expected, mut misplaced) = (common.iter(), 0);
    for (letter, is_taken) in other.iter().zip(&is_taken) {
        if *is_taken && expected.next() != Some(&letter) {
            misplaced += 1;
        }
    }
    let count = number(common.len());
    let in_order = number(common.len() - misplaced / 2);
    (count / number(one.len()) + count / number(other.len()) + in_order / count) / 3.0
}

#[expect(clippy::cast_precision_loss, reason = "the length of a word")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_likeness(one: &str, other: &str, expected: f64) {
        for likeness in [likeness(one, other), likeness(other, one)] {
            assert!((likeness - expected).abs() < 0.0005, "{one} and {other}: {likeness}");
        }
    }

    /// The pairs of Winkler's paper, and edges.
    #[test]
    fn it_is_that_of_the_tables() {
        assert_likeness("MARTHA", "MARHTA", 0.961);
        assert_likeness("DWAYNE", "DUANE", 0.84);
        assert_likeness("DIXON", "DICKSONX", 0.813);
        assert_likeness("JERALDINE", "GERALDINE", 0.926);
        assert_likeness("ITMAN", "SMITH", 0.467);
        assert_likeness("", "", 1.0);
        assert_likeness("", "a", 0.0);
        assert_likeness("a", "a", 1.0);
        assert_likeness("a", "b", 0.0);
        assert_likeness("ab", "ba", 0.0);
    }
}
