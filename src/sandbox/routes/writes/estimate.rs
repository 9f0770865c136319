//! How the remaining estimate follows work that is logged, changed or removed.

use serde_json::Value;

use super::desk::Desk;
use crate::sandbox::write::{Refusal, duration::parse_duration};

/// What becomes of the remaining estimate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Adjust {
    BySpent,
    Leave,
    To(i64),
    By(i64),
}

impl Adjust {
    /// From the parameters of a request, or from the members of a verb that rides in `update`. `manual` is
    /// the parameter that `adjustEstimate=manual` goes with: what the estimate loses when work is logged
    /// (`reduceBy`), and what it gains when work is taken back (`increaseBy`).
    pub(super) fn of(desk: &Desk<'_>, verb: &Value, manual: &str) -> Result<Self, Refusal> {
        Self::read(
            &|name| match verb[name].as_str() {
                Some(text) => Some(text.to_owned()),
                None => desk.params.find(name).map(str::to_owned),
            },
            manual,
        )
    }

    fn read(sent: &dyn Fn(&str) -> Option<String>, manual: &str) -> Result<Self, Refusal> {
        let duration = |name: &str, field: &str, message: &str| {
            let text = sent(name).filter(|text| !text.trim().is_empty());
            let seconds = text.as_deref().and_then(parse_duration);
            seconds.ok_or_else(|| Refusal::field(field, message))
        };
        Ok(match sent("adjustEstimate").as_deref() {
            Some("leave") => Self::Leave,
            Some("new") => Self::To(duration(
                "newEstimate",
                "newEstimate",
                "You must supply a valid new estimate.",
            )?),
            Some("manual") => {
                let message = "You must supply a valid amount of time to adjust the estimate by.";
                let seconds = duration(manual, "adjustmentAmount", message)?;
                Self::By(if manual == "increaseBy" { seconds } else { -seconds })
            }
            _ => Self::BySpent,
        })
    }

    /// The estimate after this much more was spent. Nobody has less than no time left.
    pub(super) fn follow(&self, left: i64, spent: i64) -> i64 {
        match self {
            Self::Leave => left,
            Self::To(estimate) => *estimate,
            Self::By(change) => left.saturating_add(*change),
            Self::BySpent => left.saturating_sub(spent),
        }
        .max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_follow_and_bad_durations_are_refused() {
        for (sent, manual, want) in [
            (&[][..], "reduceBy", Some(6400)),
            (&[("adjustEstimate", "leave")], "reduceBy", Some(10_000)),
            (
                &[("adjustEstimate", "new"), ("newEstimate", "1h")],
                "reduceBy",
                Some(3600),
            ),
            (&[("adjustEstimate", "new")], "reduceBy", None),
            (
                &[("adjustEstimate", "new"), ("newEstimate", "-1h")],
                "reduceBy",
                None,
            ),
            (
                &[("adjustEstimate", "manual"), ("reduceBy", "1m")],
                "reduceBy",
                Some(9940),
            ),
            (
                &[("adjustEstimate", "manual"), ("increaseBy", "1m")],
                "increaseBy",
                Some(10_060),
            ),
            (
                &[("adjustEstimate", "manual"), ("reduceBy", "1m")],
                "increaseBy",
                None,
            ),
            (
                &[("adjustEstimate", "manual"), ("reduceBy", "soon")],
                "reduceBy",
                None,
            ),
        ] {
            let find = |name: &str| {
                let found = sent.iter().find(|(own, _)| *own == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let adjust = Adjust::read(&find, manual).ok();
            assert_eq!(adjust.map(|adjust| adjust.follow(10_000, 3600)), want, "{sent:?}");
        }
        assert_eq!(Adjust::By(i64::MAX).follow(i64::MAX, 0), i64::MAX);
        assert_eq!(Adjust::BySpent.follow(i64::MAX, -1), i64::MAX);
    }
}
