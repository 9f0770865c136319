//! What a query leaves to be walked: projects, issues and times outside of which nothing can fit.

use super::{
    Viewer,
    fields::{NumberField, TimeField},
    test::Test,
};

/// What the filter says about where to look.
#[derive(Debug)]
pub(super) struct Scope {
    /// Visible projects that can match.
    pub(super) projects: Vec<u32>,
    /// Whether those are all visible ones.
    pub(super) all: bool,
    /// The only issues that can match.
    pub(super) ids: Option<Vec<i64>>,
    pub(super) updated: (i64, i64),
    pub(super) created: (i64, i64),
    pub(super) id: (i64, i64),
}

pub(super) fn find_scope(test: Option<&Test>, viewer: &Viewer<'_>) -> Scope {
    // Jira leaves archived projects out of every search.
    let visible = viewer.projects.iter().filter(|project| !project.archived);
    let open = (i64::MIN, i64::MAX);
    let mut scope = Scope {
        projects: visible.filter_map(|project| project.id.parse().ok()).collect(),
        all: true,
        ids: None,
        updated: open,
        created: open,
        id: open,
    };
    let parts = match test {
        Some(Test::And(parts)) => parts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for part in parts {
        narrow(&mut scope, part, viewer);
    }
    scope
}

fn narrow(scope: &mut Scope, part: &Test, viewer: &Viewer<'_>) {
    let meet = |own: &mut (i64, i64), other: (i64, i64)| {
        *own = (own.0.max(other.0), own.1.min(other.1));
    };
    match part {
        Test::And(parts) => parts.iter().for_each(|part| narrow(scope, part, viewer)),
        Test::Ids(from, to) => meet(&mut scope.id, (*from, *to)),
        Test::Time(field, wanted) if !wanted.not && !wanted.empty && wanted.ranges.len() == 1 => {
            match field {
                TimeField::Updated => meet(&mut scope.updated, wanted.ranges[0]),
                TimeField::Created => meet(&mut scope.created, wanted.ranges[0]),
                _ => {}
            }
        }
        Test::Key { project, .. } => {
            scope.projects.retain(|own| own == project);
            scope.all = false;
        }
        Test::Numbers(field, wanted) if !wanted.not && !wanted.empty => {
            let index = viewer.world.store.index();
            if *field == NumberField::Project {
                scope
                    .projects
                    .retain(|own| wanted.set.binary_search(&i64::from(*own)).is_ok());
                scope.all = false;
                return;
            }
            let mut ids: Vec<i64> = match field {
                NumberField::Id => wanted.set.clone(),
                NumberField::Sprints | NumberField::FixVersions | NumberField::Parent => {
                    let lists = wanted.set.iter().filter_map(|id| match field {
                        NumberField::Sprints => index.find_sprint(u32::try_from(*id).ok()?),
                        NumberField::FixVersions => index.find_version(u32::try_from(*id).ok()?),
                        _ => index.find_children(*id),
                    });
                    lists.flatten().copied().collect()
                }
                _ => return,
            };
            if scope.ids.as_ref().is_none_or(|have| ids.len() < have.len()) {
                ids.sort_unstable();
                ids.dedup();
                scope.ids = Some(ids);
            }
        }
        _ => {}
    }
}
