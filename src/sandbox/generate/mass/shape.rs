//! How big a generated world is, and how it is asked for: `100000,seed=1,projects=50,text=2000`.

/// Sizes and seed of a generated world; equal shapes on one day give equal worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Issues.
    pub issues: u32,
    /// Chooses among the worlds of one size.
    pub seed: u64,
    /// Projects.
    pub projects: u32,
    /// Versions of all projects; the first project has two fifths of them.
    pub versions: u32,
    /// Statuses.
    pub statuses: u32,
    /// Sprints of all boards; the first board has two fifths of them.
    pub sprints: u32,
    /// Usual length of a description in characters; a few are ten times as long.
    pub text: u32,
    /// Custom fields besides those of every world.
    pub fields: u32,
    /// Usual number of changes and comments of an issue.
    pub history: u32,
}

impl Shape {
    /// A world of so many issues with the other sizes in proportion, up to 5,000 projects, 2,000
    /// versions, 300 statuses and 400 sprints.
    #[must_use]
    pub fn new(issues: u32, seed: u64) -> Self {
        let part = |divisor: u32, least: u32, most: u32| (issues / divisor).clamp(least, most);
        Self {
            issues,
            seed,
            projects: part(20, 3, 5000),
            versions: part(50, 12, 2000),
            statuses: part(300, 24, 300),
            sprints: part(250, 14, 400),
            text: 600,
            fields: 8,
            history: 4,
        }
    }

    /// Reads what stands after `generate:` on the command line.
    ///
    /// # Errors
    /// A text for people that names what is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').map(str::trim);
        let first = parts.next().unwrap_or_default();
        let number = |name: &str, value: &str| {
            value
                .parse::<u32>()
                .map_err(|_| format!("{name} must be a whole number, not \"{value}\""))
        };
        let mut shape = Self::new(number("the number of issues", first)?, 1);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let target = match name {
                "seed" => {
                    shape.seed = u64::from(number(name, value)?);
                    continue;
                }
                "projects" => &mut shape.projects,
                "versions" => &mut shape.versions,
                "statuses" => &mut shape.statuses,
                "sprints" => &mut shape.sprints,
                "text" => &mut shape.text,
                "fields" => &mut shape.fields,
                "history" => &mut shape.history,
                _ => {
                    return Err(format!(
                        "\"{name}\" is not a size: use seed, projects, versions, statuses, sprints, text, fields or history"
                    ));
                }
            };
            *target = number(name, value)?;
        }
        let within = |name: &str, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} must lie between {least} and {most}, not {value}"))
            }
        };
        within("the number of issues", shape.issues, 0, 5_000_000)?;
        within("projects", shape.projects, 1, 20_000)?;
        within("versions", shape.versions, 0, 50_000)?;
        within("statuses", shape.statuses, 6, 1000)?;
        within("sprints", shape.sprints, 0, 50_000)?;
        within("text", shape.text, 0, 100_000)?;
        within("fields", shape.fields, 0, 500)?;
        within("history", shape.history, 0, 200)?;
        Ok(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_bounded() {
        let shape = Shape::parse("100000,seed=7,projects=12, text=2000").unwrap();
        assert_eq!(
            (shape.issues, shape.seed, shape.projects, shape.text),
            (100_000, 7, 12, 2000)
        );
        assert_eq!((shape.versions, shape.statuses, shape.sprints), (2000, 300, 400));
        assert_eq!(Shape::new(1_000_000, 1).projects, 5000);
        for wrong in ["", "many", "10,size=3", "10,projects=0", "10,seed=x", "9999999"] {
            assert!(Shape::parse(wrong).is_err(), "{wrong}");
        }
    }
}
