//! The forms of the six steps.

use leptos::prelude::*;

use crate::{
    api::wizard::{
        BugsStep, ChoiceView, DateSupplyView, IterationsStep, MappingView, ProjectStep, RequirementsStep,
        StepBody, WizardView,
    },
    domain::{
        numbers::{counted, grouped},
        wizard::{MAX_DESCRIPTION, MAX_FURTHER_FIELDS},
    },
    ui::{
        components::{
            Button, Checkbox, ChoiceCard, Disclosure, Field, Fill, Icon, IconButton, LinkButton, MeterStack,
            Note, SafeTextarea, Select, SelectOption, Tone,
        },
        pages::{
            wizard_parts::{Ways, answer, boxes, mapping, mark, way},
            wizard_search::ProjectSearch,
        },
    },
};

/// Answers that the numbers of the release date depend on.
const DATES: &str = "source,type.";

/// The form of a step.
pub fn body(body: StepBody, view: &WizardView, ways: &Ways) -> AnyView {
    match body {
        StepBody::Closed(..) => ().into_any(),
        StepBody::Project(step) => project(*step, view),
        StepBody::Features { requirements, bugs } => features(requirements, bugs, view),
        StepBody::Iterations(step) => iterations(*step, ways),
        StepBody::Priorities(table) => {
            view! {
                <div class="sect">
                    <h2>"Priority of requirements and bugs"</h2>
                    <p class="lead">"Each Jira priority becomes one Traceline priority. Suggestions count only once you accept them."</p>
                    {mapping(*table)}
                </div>
            }
            .into_any()
        }
        StepBody::Requirements(step) => requirements_step(*step, view, ways),
        StepBody::Bugs(step) => bugs_step(*step, view, ways),
    }
}

fn error(view: &WizardView, field: &str) -> String {
    view.errors
        .iter()
        .find(|error| error.step == view.step && error.field == field)
        .map(|error| error.message.clone())
        .unwrap_or_default()
}

/// A message of a group of controls, which [`described_by`] ties it to.
fn group_error(view: &WizardView, field: &str) -> AnyView {
    let text = error(view, field);
    if text.is_empty() {
        return ().into_any();
    }
    let id = format!("{field}-error");
    view! { <div class="field mb"><p class="err" id=id><Icon name="s-err" /><span>{text}</span></p></div> }
        .into_any()
}

/// Id of the message of a group of controls, where there is one.
fn described_by(view: &WizardView, field: &str) -> Option<String> {
    (!error(view, field).is_empty()).then(|| format!("{field}-error"))
}

fn project(step: ProjectStep, view: &WizardView) -> AnyView {
    let chosen_id = step.chosen.as_ref().map(|hit| hit.id.clone()).unwrap_or_default();
    let has_project = !view.jira_key.is_empty();
    let chosen = step.chosen.map(|hit| {
        view! {
            <div class="choices mb">
                <ChoiceCard id="project" name=answer("project") value=hit.id label=hit.key detail=hit.name icon="i-check" checked=true />
            </div>
        }
    });
    let anchor = chosen
        .is_none()
        .then(|| view! { <span id="project" tabindex="-1"></span> });
    let warning = (has_project && !step.resets.is_empty()).then(|| {
        let text = format!("It takes away the answers that belong to {}: {}.", view.jira_key, step.resets);
        view! { <div class="if-other"><Note tone=Tone::Warn title="Another project begins anew.">{text}</Note></div> }
    });
    let boards = if has_project && step.boards_known {
        let none = !step.boards.iter().any(|board| board.chosen);
        let cards = step
            .boards
            .into_iter()
            .map(|board| {
                view! { <ChoiceCard name=answer("board") value=board.id label=board.label detail=board.detail icon="i-board" checked=board.chosen /> }
            })
            .collect_view();
        view! {
            <fieldset class="stack" id="board" tabindex="-1">
                <legend class="f13">"Board "<span class="opt">"optional, sprints come from it"</span></legend>
                <div class="choices">
                    {cards}
                    <ChoiceCard
                        name=answer("board")
                        value=""
                        label="No board"
                        detail="Sprints and the sprint end date are off in steps 3 and 5"
                        icon="i-minus"
                        checked=none
                    />
                </div>
            </fieldset>
        }
        .into_any()
    } else if has_project {
        view! { <p class="hint">"The boards appear once Jira answers. The stored choice is kept."</p> }
            .into_any()
    } else {
        view! { <p class="hint">"The boards of the project appear once it is chosen and saved."</p> }
            .into_any()
    };
    let limit = u32::try_from(MAX_DESCRIPTION).unwrap_or(u32::MAX);
    view! {
        <div class="sect form">
            <fieldset class="stack">
                <legend class="f13">"Jira project"</legend>
                {group_error(view, "project")}
                {anchor}
                {chosen}
                <ProjectSearch
                    project=view.project_id.clone()
                    configuration=view.configuration_id.clone()
                    query=step.query
                    found=step.found
                    chosen=chosen_id
                />
                {warning}
                {(!has_project).then(|| view! { <p><Button name="do" value="save">"Choose project"</Button></p> })}
            </fieldset>
            {boards}
            <Field
                id="description"
                label="Description"
                optional=true
                limit=limit
                counted=step.description.clone()
                error=error(view, "description")
            >
                <SafeTextarea name=answer("description") value=step.description rows=3 />
            </Field>
        </div>
    }
    .into_any()
}

fn features(requirements: bool, bugs: bool, view: &WizardView) -> AnyView {
    view! {
        <fieldset class="sect" aria-describedby=described_by(view, "pull_requirements")>
            <legend>"What to pull"</legend>
            <p class="lead">"At least one is needed to proceed. Each turns its later steps on or off."</p>
            {group_error(view, "pull_requirements")}
            {mark("shown")}
            <div class="stack">
                <Checkbox
                    id="pull_requirements"
                    name=answer("pull_requirements")
                    label="Pull requirements"
                    detail="Mirrors stories, epics and what else you choose, with status, release and sprint. Mapped in step 5."
                    checked=requirements
                />
                <Checkbox name=answer("bug_mapping") label="Bug mapping" detail="Mirrors bugs with their severity and status. Mapped in step 6." checked=bugs />
            </div>
        </fieldset>
    }
    .into_any()
}

fn iterations(step: IterationsStep, ways: &Ways) -> AnyView {
    let single = (!step.single.is_empty()).then(|| {
        let rows = step
            .single
            .into_iter()
            .map(|release| {
                let options = vec![
                    SelectOption::new("state", "As its status says"),
                    SelectOption::new("always", "Always"),
                    SelectOption::new("never", "Never"),
                ];
                let label = format!("Pull release {}", release.name);
                let name = answer(&format!("release.{}", release.id));
                view! {
                    <tr>
                        <th scope="row">{release.name} <span class="sub faint">{release.detail}</span></th>
                        <td class="to"><Select small=true name=name label=label options=options value=release.choice /></td>
                    </tr>
                }
            })
            .collect_view();
        let more = (step.more_releases > 0).then(|| view! { <p class="hint">{format!("{} older releases follow their status.", step.more_releases)}</p> });
        view! {
            <Disclosure summary="Single releases">
                <table class="map">
                    <caption class="vh">"Single releases"</caption>
                    <thead><tr><th scope="col">"Release"</th><th scope="col" class="to">"Pull"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                {more}
            </Disclosure>
        }
    });
    let sprints = match step.sprints_off {
        Some((reason, board_helps)) => {
            let to_board = board_helps.then(|| way(ways, 1, "board", "Open step 1".to_owned()));
            view! {
                <div class="mb"><Note tone=Tone::Info>{reason}" "{to_board}</Note></div>
                <Checkbox name="sprints-off" label="Pull sprints" disabled=true />
            }
            .into_any()
        }
        None => view! {
            {mark("sprints_shown")}
            <p class="lead">{format!("From the board {}.", step.board)}</p>
            <Checkbox name=answer("sprints") label="Pull sprints" checked=step.sprints />
            <div class="mt">{boxes(step.sprint_states, "", "")}</div>
        }
        .into_any(),
    };
    view! {
        <fieldset class="sect">
            <legend>"Releases"</legend>
            <p class="lead">"From Jira's fix versions."</p>
            {mark("shown")}
            <Checkbox name=answer("releases") label="Pull releases" checked=step.releases />
            <div class="mt mb">{boxes(step.release_states, "", "")}</div>
            {single}
        </fieldset>
        <fieldset class="sect">
            <legend>"Sprints"</legend>
            {sprints}
        </fieldset>
    }
    .into_any()
}

fn sources(step: &RequirementsStep) -> AnyView {
    let count = step.sources.len();
    let filled = step.sources.iter().filter(|code| !code.is_empty()).count();
    let items = step
        .sources
        .iter()
        .enumerate()
        .map(|(at, chosen)| {
            let place = at + 1;
            let mut options = vec![SelectOption::new("", "No field")];
            options.extend(step.source_choices.iter().map(|(code, label, off)| SelectOption {
                value: code.clone(),
                label: if off.is_some() { format!("{label} (no board with sprints)") } else { label.clone() },
                // What is chosen stays choosable, or saving would drop it.
                disabled: off.is_some() && code != chosen,
            }));
            if !chosen.is_empty() && !options.iter().any(|option| option.value == *chosen) {
                options.push(SelectOption::new(chosen.clone(), format!("{chosen} (not in Jira)")));
            }
            let up = (at > 0 && at < filled)
                .then(|| view! { <IconButton icon="i-chev-left" name="do" value=format!("up.{place}") label=format!("Move field {place} earlier") /> });
            let down = (place < filled)
                .then(|| view! { <IconButton icon="i-chev-right" name="do" value=format!("down.{place}") label=format!("Move field {place} later") /> });
            let id = if at == 0 { "date_sources".to_owned() } else { format!("source{place}") };
            let supplied = step.supply.as_ref().and_then(|supply| supplied(supply, chosen));
            view! {
                <li>
                    <div class="top"><span class="n">{place}</span>"Field "{place}<span class="mv">{up} {down}</span></div>
                    <Select
                        small=true
                        id=id
                        name=answer(&format!("source{place}"))
                        label=format!("Release date field {place} of {count}")
                        options=options
                        value=chosen.clone()
                    />
                    <p id=format!("supplied{place}") data-look=DATES>{supplied}</p>
                </li>
            }
        })
        .collect_view();
    let meter = step.supply.as_ref().map(supply_meter);
    view! {
        <ol class="order">{items}</ol>
        <div id="supply" data-look=DATES>{meter}</div>
    }
    .into_any()
}

/// "Supplies 288 dates", and "Supplies 79 more" for a source behind the first; nothing for one that does
/// not count.
fn supplied(supply: &DateSupplyView, code: &str) -> Option<String> {
    let at = supply.parts.iter().position(|part| part.code == code)?;
    let n = supply.parts.get(at)?.n;
    Some(if at == 0 {
        format!("Supplies {}", counted(n, "date", "dates"))
    } else {
        format!("Supplies {} more", grouped(n))
    })
}

/// The share of each source, in their order, and what is left without a date.
fn supply_meter(supply: &DateSupplyView) -> AnyView {
    let fills = [Fill::Accent, Fill::Second, Fill::Third];
    let dated = supply.total.saturating_sub(supply.undated);
    let words = dates_words(dated, supply.total, supply.exact);
    let mut said = vec![words.clone()];
    let mut legend = Vec::new();
    let mut shares = Vec::new();
    for (part, fill) in supply.parts.iter().zip(fills.into_iter().cycle()) {
        let number = grouped(part.n);
        said.push(format!("{}: {number}.", part.label));
        let class = format!("sw {}", fill.class());
        legend.push(view! {
            <li>
                <span class=class.trim_end().to_owned()></span>
                <span>{format!("{} ", part.label)}<b>{number}</b></span>
            </li>
        });
        shares.push((fill, part.n));
    }
    view! {
        <div class="mt stack">
            <MeterStack large=true label=said.join(" ") parts=shares total=supply.total />
            <ul class="legend">
                {legend}
                <li>
                    <span class="sw none"></span>
                    <span>"No date "<b>{grouped(supply.undated)}</b></span>
                </li>
            </ul>
            <p class="f13">{words}</p>
        </div>
    }
    .into_any()
}

/// "165 of 174 requirements get a date."
fn dates_words(dated: u64, total: u64, exact: bool) -> String {
    let about = if exact || dated == 0 { "" } else { "About " };
    let noun = if total == 1 { "requirement" } else { "requirements" };
    let verb = if dated == 1 { "gets" } else { "get" };
    format!(
        "{about}{} of {} {noun} {verb} a date.",
        grouped(dated),
        grouped(total)
    )
}

fn requirements_step(step: RequirementsStep, view: &WizardView, ways: &Ways) -> AnyView {
    let dates = sources(&step);
    let off = step.sprints_off.clone().map(|(reason, board_helps)| {
        let to_board = board_helps.then(|| way(ways, 1, "board", "Open step 1".to_owned()));
        view! { <p class="hint mt">{format!("Sprint end date is off. {reason}")}" "{to_board}</p> }
    });
    let types = type_boxes(
        step.types,
        "requirement_types",
        "Chosen types are pulled as requirements.",
        step.types_estimated,
        &step.suggested_types,
        view,
        ways,
    );
    let chosen = step.further.iter().filter(|field| field.chosen).count();
    let further = (!step.further.is_empty()).then(|| {
        let boxes = boxes(step.further, "further.", "further_fields");
        view! {
            <fieldset class="sect" aria-describedby=described_by(view, "further_fields")>
                <legend>"Further fields"</legend>
                <p class="lead">{format!("Mirrored and shown on each requirement, up to {MAX_FURTHER_FIELDS}. {chosen} chosen.")}</p>
                {group_error(view, "further_fields")}
                {mark("further_shown")}
                {boxes}
            </fieldset>
        }
    });
    view! {
        {types}
        <div class="sect">
            <h2>"Release date"</h2>
            <p class="lead">"The first field that has a value sets the date, in this order."</p>
            {group_error(view, "date_sources")}
            {dates}
            {off}
        </div>
        <div class="sect">
            <h2>"Status"</h2>
            <p class="lead">"Each Jira status becomes one Traceline status."</p>
            <div id="statuses" data-look="type.">{statuses(step.statuses)}</div>
        </div>
        {further}
    }
    .into_any()
}

fn type_boxes(
    types: Vec<ChoiceView>,
    id: &'static str,
    lead: &'static str,
    estimated: bool,
    suggested: &str,
    view: &WizardView,
    ways: &Ways,
) -> AnyView {
    let taken = types.iter().any(|choice| choice.disabled).then(|| {
        let (step, control) = if id == "bug_types" {
            (5, "requirement_types")
        } else {
            (6, "bug_types")
        };
        let words = format!("take it off in step {step}");
        view! { <p class="hint mt">"To choose one of them here, "{way(ways, step, control, words)}"."</p> }
    });
    let content = if types.is_empty() {
        view! { <p class="hint" id=id>"The work item types appear once Jira answers. The stored choice is kept."</p> }.into_any()
    } else {
        view! { {mark("shown")} {boxes(types, "type.", id)} }.into_any()
    };
    let offer = (!suggested.is_empty()).then(|| {
        let button = || {
            view! { <Button small=true icon="i-spark" name="do" value="accept_suggestions.types">"Choose these"</Button> }
        };
        let words = format!("Suggested: {suggested}.");
        view! {
            <div class="mb">
                <Note title=words with_action=true action=button tone=Tone::Info>"Their names say so. Nothing is chosen yet."</Note>
            </div>
        }
    });
    view! {
        <fieldset class="sect" aria-describedby=described_by(view, id)>
            <legend>"Work item types"</legend>
            <p class="lead">{lead}{estimated.then_some(" Jira estimates their numbers.")}</p>
            {group_error(view, id)}
            <div id="types-offer" data-look="type.">{offer}</div>
            {content}
            {taken}
        </fieldset>
    }
    .into_any()
}

/// A table of statuses, or what is missing for it.
fn statuses(table: MappingView) -> AnyView {
    let waits = !table.empty_reason.is_empty();
    let button = waits.then(|| show_values("Show the values"));
    view! { {mapping(table)} {button} }.into_any()
}

/// Shows the values that depend on what was just chosen, for pages whose script does not do it by itself.
fn show_values(words: &'static str) -> AnyView {
    view! { <p class="mt mb if-still"><Button small=true name="do" value="save">{words}</Button></p> }
        .into_any()
}

fn bugs_step(step: BugsStep, view: &WizardView, ways: &Ways) -> AnyView {
    let types = type_boxes(
        step.types,
        "bug_types",
        "Chosen types are pulled as bugs.",
        step.types_estimated,
        &step.suggested_types,
        view,
        ways,
    );
    let chosen = step
        .severity_fields
        .iter()
        .find(|field| field.chosen)
        .map(|field| field.id.clone())
        .unwrap_or_default();
    let mut fields = vec![SelectOption::new("", "No field: bugs have no severity")];
    fields.extend(
        step.severity_fields
            .into_iter()
            .map(|field| SelectOption::new(field.id, field.label)),
    );
    let severities = match step.severities {
        Some(table) => mapping(table),
        None => view! { <p class="hint" id="no-severity">"No field is chosen, so bugs come without a severity and nothing is to be mapped here."</p> }.into_any(),
    };
    let offer = (!step.suggested_field.is_empty()).then(|| {
        let words = format!("Suggested: {}.", step.suggested_field);
        let button = || {
            view! { <Button small=true icon="i-spark" name="do" value="accept_suggestions.severity_field">"Choose this field"</Button> }
        };
        view! {
            <div class="mb">
                <Note title=words with_action=true action=button tone=Tone::Info>"Its name says so. Nothing is chosen yet."</Note>
            </div>
        }
    });
    let by_status = step.source == "status";
    let looks_open = step.looks_open.map(|(words, first)| {
        let href = format!("#{first}");
        let way = move || view! { <LinkButton small=true href=href.clone()>"Show them"</LinkButton> };
        view! {
            <div class="mt mb">
                <Note tone=Tone::Warn title="Closed bugs will look open." with_action=true action=way>{words}</Note>
            </div>
        }
    });
    view! {
        {types}
        <div class="sect">
            <h2>"Severity"</h2>
            <Field id="severity_field" label="Jira field that holds the severity" optional=true error=error(view, "severity_field")>
                <Select name=answer("severity_field") options=fields value=chosen />
            </Field>
            <div id="field-offer" data-look="severity_field">{offer}</div>
            {show_values("Show its values")}
            <div id="severities" data-look="severity_field,type.">{severities}</div>
        </div>
        <fieldset class="sect">
            <legend>"Bug status"</legend>
            <p class="lead">"Read the status of a bug from one Jira field."</p>
            <div class="choices mb">
                <ChoiceCard name=answer("status_source") value="status" label="Jira status" detail="Follows the workflow" icon="i-board" checked=by_status />
                <ChoiceCard
                    name=answer("status_source")
                    value="resolution"
                    label="Jira resolution"
                    detail="The empty one is a row of its own, Open unless mapped"
                    icon="i-check"
                    checked=!by_status
                />
            </div>
            {show_values("Show its values")}
            <div id="statuses" data-look="status_source,type.">{statuses(step.statuses)}</div>
        </fieldset>
        <div id="looks-open" data-look="">{looks_open}</div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_in_one_sentence() {
        assert_eq!(dates_words(165, 174, true), "165 of 174 requirements get a date.");
        assert_eq!(
            dates_words(1, 1_174, false),
            "About 1 of 1,174 requirements gets a date."
        );
        assert_eq!(dates_words(0, 1, false), "0 of 1 requirement get a date.");
    }
}
