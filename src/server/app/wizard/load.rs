//! The page of a step.
//!
//! After a failed post, and for the preview of answers that are not saved, what is typed is put over the
//! draft for showing, never into it. Whatever Jira does, the page appears: with the last lists it gave, or with the stored answers alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    api::{
        form::FormFailure,
        wizard::{ChoiceView, LOOK, ProjectHit, ProjectHits, ProjectStep, StepBody, StepView, WizardView},
    },
    domain::{
        jira::BoardKind,
        numbers::counted_about,
        wizard::Settings,
        wizard_facts::Facts,
        wizard_steps::{Step, StepId, StepState, count_gaps, off_reason, offered_next, previous_step, steps},
    },
    server::{
        app::{
            calendar::Calendar,
            configuration::host_of,
            form::find_failure,
            wizard::{
                answers::{Answers, put_in},
                body::step_body,
                counts::{self, CountBook},
                date_supply,
                deadline::Deadline,
                get_configuration,
                lists::{self, Looked},
                notes::{list_errors, list_notes, note, parameter},
                parse_settings, preview,
                projects::find_projects,
                tables,
            },
        },
        auth::{Anyone, ProjectGuard},
        error::{Error, Result},
        store::{configuration::ConfigurationRow, connection},
    },
};

/// The page of a step.
///
/// # Errors
/// Unknown configuration or step.
pub async fn load_step(
    guard: &ProjectGuard,
    anyone: &Anyone,
    configuration_id: &str,
    step: u8,
    query: Option<&str>,
    show: &str,
) -> Result<WizardView> {
    let state = guard.state();
    let deadline = Deadline::start(state.outbound().page_patience);
    let step = StepId::find_number(step).ok_or(Error::NotFound("step"))?;
    let mut tx = state.database().read().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    let connection = connection::find(&mut tx, &row.connection_id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    drop(tx);
    let mut settings = parse_settings(&row.draft)?;
    let looked = Box::pin(lists::look(state, &row, &settings, deadline)).await?;
    let facts = looked.facts();
    let typed = find_typed(anyone, &row, step).await?;
    typed.put_over(&mut settings, step, &looked);
    let failure = typed.failure.as_ref();
    let reached = u8::try_from(row.draft_step).unwrap_or(6).min(6);
    let all = steps(&settings, &facts, Some(step), reached);
    let proceeded = row.proceeded_version_id.is_some();
    let mut notes = list_notes(anyone, &looked, &settings, step, proceeded, failure);
    let queries = queries(&settings, &facts, &looked, step);
    let book = counts::count(state, &row, &looked, &queries, deadline).await?;
    let body = match find_closed(&all, step) {
        Some(closed) => closed,
        None if step == StepId::Project => {
            let offered = offer_only_board(&settings, &looked, anyone, failure.is_some());
            let (body, problem) =
                project_step(guard, &row, &offered, &looked, query, &typed.answers, deadline).await?;
            notes.extend(problem.map(|problem| note("bad", &problem.title, &problem.text)));
            body
        }
        None => step_body(&settings, &facts, &looked, &book, step, show == "unmapped"),
    };
    let sight = preview::Sight {
        state,
        row: &row,
        settings: &settings,
        looked: &looked,
        step,
        deadline,
        calendar: &calendar,
    };
    let preview = Box::pin(preview::preview(sight, &book)).await?;
    Ok(WizardView {
        project_id: guard.project_id().to_string(),
        project_name: guard.project().name.clone(),
        configuration_id: row.id.clone(),
        jira_key: settings
            .project
            .as_ref()
            .map(|project| project.key.clone())
            .unwrap_or_default(),
        host: host_of(&connection),
        connection_name: connection.name,
        proceeded,
        step: step.number(),
        title: step.title().into(),
        steps: step_views(&all, &settings, &facts, reached),
        revision: row.draft_revision,
        reached,
        unsaved: failure.is_some(),
        look: typed.look,
        saved_by: row.draft_saved_by.clone(),
        saved: calendar.moment_ms(row.draft_saved_at),
        notes,
        errors: failure
            .map(|failure| list_errors(failure, step))
            .unwrap_or_default(),
        body,
        previous: previous_step(&settings, step).map(StepId::number),
        next: offered_next(&settings, step).map(|next| next.title().to_owned()),
        proceeds: proceeds(&settings, &book),
        fetched: looked.fetched_at.map(|at| calendar.moment_ms(at)),
        preview,
    })
}

/// Answers that are not in the draft and are shown over it.
#[derive(Debug, Default)]
struct Typed {
    answers: Answers,
    /// The post that failed and left them.
    failure: Option<FormFailure>,
    /// They are in the address, to see what would come of them.
    look: bool,
}

impl Typed {
    fn put_over(&self, settings: &mut Settings, step: StepId, looked: &Looked) {
        if self.look || self.failure.is_some() {
            let boards = looked.lists.as_ref().map(|lists| lists.boards.as_slice());
            put_in(settings, step, &self.answers, boards);
        }
    }
}

async fn find_typed(anyone: &Anyone, row: &ConfigurationRow, step: StepId) -> Result<Typed> {
    let failure = find_failure(anyone, "save_wizard_step").await?.filter(|failure| {
        failure.value("configuration") == Some(&row.id)
            && failure.value("step") == Some(&step.number().to_string())
    });
    let look = parameter(anyone, LOOK).is_some();
    let answers = if look {
        answers_in_address(anyone)
    } else {
        failure.as_ref().map(typed_answers).unwrap_or_default()
    };
    Ok(Typed {
        answers,
        failure,
        look,
    })
}

/// What stands in place of the form of a step that is off or blocked.
fn find_closed(all: &[Step], step: StepId) -> Option<StepBody> {
    let state = &all.iter().find(|known| known.id == step)?.state;
    match state {
        StepState::Off(reason) | StepState::Blocked(reason) => Some(StepBody::Closed(
            reason.clone(),
            way_out(state).unwrap_or(StepId::Project.number()),
        )),
        _ => None,
    }
}

/// A board that was just made possible and is the only one is offered as chosen; who takes No board is not
/// asked again.
fn offer_only_board(settings: &Settings, looked: &Looked, anyone: &Anyone, failed: bool) -> Settings {
    let mut offered = settings.clone();
    let just_chosen = matches!(parameter(anyone, "done").as_deref(), Some("project" | "board"));
    if just_chosen && !failed {
        offered.board = offered.board.or_else(|| looked.find_only_board().cloned());
    }
    offered
}

/// How many work items Proceed syncs, in words; empty while that is not known, or none.
fn proceeds(settings: &Settings, book: &CountBook) -> String {
    let kinds = [
        (settings.pull_requirements, tables::requirements_query(settings)),
        (settings.bug_mapping, tables::bugs_query(settings)),
    ];
    // A kind that is on and has no types yet is missing from the sum.
    let wanted: Option<Vec<String>> = kinds
        .into_iter()
        .filter_map(|(on, query)| on.then_some(query))
        .collect();
    wanted
        .and_then(|queries| book.sum(queries.iter().map(String::as_str)))
        .filter(|count| count.n > 0)
        .map(|count| counted_about(count.n, count.exact, "work item", "work items"))
        .unwrap_or_default()
}

/// Answers out of a kept form: `answers[name]`.
fn typed_answers(failure: &FormFailure) -> Answers {
    failure
        .values
        .iter()
        .filter_map(|(name, values)| {
            let name = name.strip_prefix("answers[")?.strip_suffix(']')?;
            Some((name.to_owned(), values.last()?.clone()))
        })
        .collect::<BTreeMap<_, _>>()
}

/// Answers in an address that asks what would come of them.
fn answers_in_address(anyone: &Anyone) -> Answers {
    url::form_urlencoded::parse(anyone.request().uri.query().unwrap_or_default().as_bytes())
        .filter_map(|(name, value)| {
            let name = name.strip_prefix("answers[")?.strip_suffix(']')?;
            Some((name.to_owned(), value.into_owned()))
        })
        .collect()
}

/// The step whose answer opens a step that is off or blocked.
fn way_out(state: &StepState) -> Option<u8> {
    match state {
        StepState::Blocked(_) => Some(StepId::Project.number()),
        StepState::Off(_) => Some(StepId::Features.number()),
        _ => None,
    }
}

/// The line of steps. A reason that several steps share is said once.
fn step_views(all: &[Step], settings: &Settings, facts: &Facts, reached: u8) -> Vec<StepView> {
    let mut said = BTreeSet::new();
    all.iter()
        .map(|step| {
            let mut view = step_view(step, settings, facts, reached);
            if view.way_out.is_some() && !said.insert(view.detail.clone()) {
                view.detail = if view.state == "off" { "Off" } else { "" }.into();
                view.way_out = None;
            }
            view
        })
        .collect()
}

fn step_view(step: &Step, settings: &Settings, facts: &Facts, reached: u8) -> StepView {
    let last_sentence = |reason: &str| {
        reason
            .trim_end_matches('.')
            .rsplit(". ")
            .next()
            .unwrap_or(reason)
            .to_owned()
    };
    let (state, detail) = match &step.state {
        StepState::Done => ("done", summary(settings, step.id)),
        StepState::DoneWithGaps(gaps) => ("gaps", format!("{gaps} unmapped")),
        StepState::Current => ("current", current_detail(settings, facts, step.id)),
        StepState::NotStarted if step.id.number() <= reached => ("ahead", "Needs an answer".to_owned()),
        StepState::NotStarted => ("ahead", "Not started".to_owned()),
        StepState::Off(reason) => ("off", last_sentence(reason)),
        StepState::Blocked(_) => ("ahead", "After step 1".to_owned()),
    };
    let link = step.is_link() || (step.is_open() && step.id.number() <= reached);
    StepView {
        title: step.id.title().into(),
        detail,
        state: state.into(),
        link,
        way_out: way_out(&step.state),
    }
}

/// What is in the step that is open.
fn current_detail(settings: &Settings, facts: &Facts, step: StepId) -> String {
    match step {
        StepId::Project => match (&settings.project, &settings.board) {
            (None, _) => "Choose a Jira project".into(),
            // Whether it gets a board is being decided.
            (Some(project), None) => project.key.clone(),
            (Some(_), Some(_)) => summary(settings, step),
        },
        StepId::Features | StepId::Iterations => summary(settings, step),
        StepId::Priorities if !facts.loaded => String::new(),
        StepId::Priorities if facts.priorities.is_empty() => "No priorities".into(),
        StepId::Priorities => {
            let all = facts.priorities.len();
            format!("{} of {all} mapped", all - count_gaps(settings, facts, step))
        }
        StepId::Requirements => "Types, dates, status".into(),
        StepId::Bugs => "Types, severity, status".into(),
    }
}

fn summary(settings: &Settings, step: StepId) -> String {
    match step {
        StepId::Project => {
            let key = settings
                .project
                .as_ref()
                .map_or("", |project| project.key.as_str());
            match &settings.board {
                Some(board) => format!("{key}, {}", board.name),
                None => format!("{key}, no board"),
            }
        }
        StepId::Features => match (settings.pull_requirements, settings.bug_mapping) {
            (true, true) => "Requirements and bugs",
            (true, false) => "Requirements",
            (false, true) => "Bugs",
            (false, false) => "Nothing",
        }
        .into(),
        StepId::Iterations => match (settings.releases.enabled, settings.pulls_sprints()) {
            (true, true) => "Both",
            (true, false) => "Releases only",
            (false, true) => "Sprints only",
            (false, false) => "Neither",
        }
        .into(),
        StepId::Priorities | StepId::Requirements | StepId::Bugs => "All mapped".into(),
    }
}

/// Queries for the numbers on a page: totals first, then dates, the values of its tables and its types.
fn queries(settings: &Settings, facts: &Facts, looked: &Looked, step: StepId) -> Vec<String> {
    let mut all: Vec<String> = [tables::requirements_query(settings), tables::bugs_query(settings)]
        .into_iter()
        .flatten()
        .collect();
    if off_reason(settings, step).is_some() {
        return all;
    }
    match step {
        StepId::Priorities => all.extend(tables::queries(&tables::priority_values(settings, facts))),
        StepId::Requirements => {
            all.extend(date_supply::queries(settings, looked));
            all.extend(tables::queries(&tables::requirement_values(settings, facts)));
            all.extend(type_queries(settings, facts));
        }
        StepId::Bugs => {
            all.extend(tables::queries(&tables::bug_values(settings, facts)));
            all.extend(tables::queries(&tables::severity_values(settings, facts)));
            all.extend(type_queries(settings, facts));
        }
        StepId::Project | StepId::Features | StepId::Iterations => {}
    }
    all
}

fn type_queries<'a>(settings: &'a Settings, facts: &'a Facts) -> impl Iterator<Item = String> + 'a {
    let types = facts.issue_types.iter();
    types.filter_map(|known| tables::type_query(settings, &known.id))
}

async fn project_step(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &Settings,
    looked: &Looked,
    query: Option<&str>,
    answers: &Answers,
    deadline: Deadline,
) -> Result<(StepBody, Option<lists::Problem>)> {
    let mut problem = None;
    let typed = answers.get("project");
    let searched = answers.get("q").filter(|words| !words.is_empty());
    let query = query.or(searched.map(String::as_str));
    // With a project chosen, the list appears only on request.
    // Jira was asked for the lists just now: where it does not answer, a second wait tells nothing.
    let silent = looked.problem.as_ref().is_some_and(|problem| !problem.refused);
    let found = if !silent && (query.is_some() || settings.project.is_none() || typed.is_some()) {
        match find_projects(guard, row, query.unwrap_or_default(), deadline).await? {
            Ok(found) => found,
            Err(found) => {
                problem = Some(found).filter(|_| looked.problem.is_none());
                ProjectHits::default()
            }
        }
    } else {
        ProjectHits::default()
    };
    let stored = settings.project.as_ref().map(|project| ProjectHit {
        id: project.id.clone(),
        key: project.key.clone(),
        name: project.name.clone(),
    });
    let typed = typed.and_then(|id| found.hits.iter().find(|hit| hit.id == *id).cloned());
    let lost = settings.clone().reset_after_project_change();
    let resets = lost
        .iter()
        .map(|answer| answer.label())
        .collect::<Vec<_>>()
        .join(", ");
    let chosen_board = settings.board.as_ref().map(|board| board.id);
    let boards = looked
        .lists
        .iter()
        .flat_map(|lists| &lists.boards)
        .map(|board| ChoiceView {
            id: board.id.to_string(),
            label: board.name.clone(),
            detail: match board.kind {
                BoardKind::Scrum => "Scrum",
                BoardKind::Kanban => "Kanban, no sprints",
                BoardKind::Simple => "Team-managed",
            }
            .into(),
            chosen: chosen_board == Some(board.id),
            disabled: false,
        })
        .collect();
    let body = ProjectStep {
        chosen: typed.or(stored),
        query: query.unwrap_or_default().to_owned(),
        found,
        resets,
        boards,
        boards_known: looked.lists.is_some(),
        description: settings.description.clone(),
    };
    Ok((StepBody::Project(Box::new(body)), problem))
}
