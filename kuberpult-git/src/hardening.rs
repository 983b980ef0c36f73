//! [`Hardening`]: what has to be on the disk before a command has succeeded, as git's configuration asks for it.

/// What is written with `fsync`: what `core.fsync` and the older `core.fsyncObjectFiles` ask for. `core.fsyncMethod` makes
/// no difference: what is to be hardened is flushed file by file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hardening {
    pub(crate) loose_objects: bool,
    pub(crate) packs: bool,
    pub(crate) references: bool,
}

impl Hardening {
    /// Git's default.
    const DEFAULT: Self = Self { loose_objects: false, packs: true, references: false };

    pub(crate) fn of(git: &gix::Repository) -> Self {
        let config = git.config_snapshot();
        let components = config.string("core.fsync").map(|components| components.to_string());
        let mut hardening = Self::of_components(components.as_deref().unwrap_or_default());
        if config.boolean("core.fsyncObjectFiles") == Some(true) {
            hardening.loose_objects = true;
        }
        hardening
    }

    /// Reads a list as git does: from its default, what has a `-` is taken away, and then what has none is added; `none`
    /// leaves the default out. What git does not know it ignores, too.
    fn of_components(components: &str) -> Self {
        let components: Vec<&str> = components.split(',').map(str::trim).collect();
        let mut hardening = Self::DEFAULT;
        for removed in components.iter().filter_map(|component| component.strip_prefix('-')) {
            hardening.set(removed, false);
        }
        if components.contains(&"none") {
            hardening = Self { loose_objects: false, packs: false, references: false };
        }
        for added in components.iter().filter(|component| !component.starts_with('-')) {
            hardening.set(added, true);
        }
        hardening
    }

    fn set(&mut self, component: &str, value: bool) {
        match component {
            "loose-object" => self.loose_objects = value,
            "pack" => self.packs = value,
            "reference" => self.references = value,
            "objects" | "committed" | "added" => (self.loose_objects, self.packs) = (value, value),
            "all" => *self = Self { loose_objects: value, packs: value, references: value },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_those_of_git() {
        for (components, loose_objects, packs, references) in [
            ("", false, true, false),
            ("committed", true, true, false),
            ("all", true, true, true),
            ("all,-loose-object", true, true, true),
            ("-pack", false, false, false),
            ("none", false, false, false),
            ("none, reference", false, false, true),
            ("-pack,reference,unheard-of", false, false, true),
        ] {
            let expected = Hardening { loose_objects, packs, references };
            assert_eq!(Hardening::of_components(components), expected, "{components}");
        }
    }
}
