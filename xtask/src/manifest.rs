//! What manifests say, as far as steps ask.

/// The manifest that has the features, from the root.
pub(crate) const RUNTIME: &str = "resilience-runtime/Cargo.toml";

/// The text that a manifest gives `key`.
pub(crate) fn value<'m>(manifest: &'m str, key: &str) -> Option<&'m str> {
    let value = manifest.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='))?;
    Some(value.trim().trim_matches('"'))
}

/// The lowest version of a dependency that a manifest allows.
pub(crate) fn lowest<'m>(manifest: &'m str, name: &str) -> Option<&'m str> {
    let version =
        manifest.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = { version = \""))?;
    Some(version.split_once('"')?.0)
}

/// The names in the `[features]` table of a manifest, without `default`, which only names others.
pub(crate) fn features(manifest: &str) -> Vec<&str> {
    let table = manifest.lines().skip_while(|line| line.trim() != "[features]").skip(1);
    let entries = table.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let names = entries.map(|(name, _)| name.trim());
    names.filter(|name| !name.starts_with('#') && *name != "default").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_from_their_table_alone() {
        let manifest = "[package]\nname = \"x\"\n\n[features]\ndefault = [\"macros\"]\n## a = b\nmacros = [\n    \
            \"dep:m\",\n]\ntest-util = []\n\n[dependencies]\nm = \"1\"\n";
        assert_eq!(features(manifest), ["macros", "test-util"]);
    }

    #[test]
    fn a_value_is_read_without_its_quotes() {
        let manifest = "[workspace.package]\nrust-version-of = \"1\"\nrust-version = \"1.90\"\n";
        assert_eq!(value(manifest, "rust-version"), Some("1.90"));
        assert_eq!(value(manifest, "edition"), None);
    }

    #[test]
    fn the_lowest_version_is_the_one_that_is_asked_for() {
        let manifest =
            "tokio-util = { version = \"0.7\" }\ntokio = { version = \"1.2.3\", features = [\"time\"] }\n";
        assert_eq!(lowest(manifest, "tokio"), Some("1.2.3"));
        assert_eq!(lowest(manifest, "hyper"), None);
    }
}
