//! The same company under other names: in German, and in words that mean nothing.
//!
//! A world is built with its English names, which decide what is drawn, and is renamed at the end by
//! id: types, statuses, priorities, resolutions, options and fields, wherever they are shown. What
//! each value really means stands in [`super::roles`], the same for all three worlds.

use serde_json::{Map, Value};

use super::super::world::World;

/// How one world is called.
pub(super) struct Names {
    pub(super) title: &'static str,
    /// By standard type id.
    types: &'static [(&'static str, &'static str)],
    statuses: &'static [(&'static str, &'static str)],
    priorities: &'static [(&'static str, &'static str)],
    resolutions: &'static [(&'static str, &'static str)],
    options: &'static [(&'static str, &'static str)],
    fields: &'static [(&'static str, &'static str)],
    projects: &'static [(&'static str, &'static str)],
}

pub(super) static GERMAN: Names = Names {
    title: "Lanternway Reisen",
    types: &[
        ("10000", "Epos"),
        ("10001", "Anforderung"),
        ("10002", "Aufgabe"),
        ("10004", "Fehler"),
        ("10005", "Störung"),
        ("10003", "Unteraufgabe"),
        ("10006", "Anfrage"),
    ],
    statuses: &[
        ("10000", "Zu erledigen"),
        ("3", "In Arbeit"),
        ("10010", "In Prüfung"),
        ("10011", "Bereit für Test"),
        ("10012", "Im Test"),
        ("10001", "Fertig"),
        ("10013", "Wird nicht umgesetzt"),
        ("10014", "Wartet auf Zulieferer"),
        ("10020", "Neu"),
        ("10021", "Gesichtet"),
        ("10022", "In Bearbeitung"),
        ("10023", "Behoben"),
        ("10025", "Wieder geöffnet"),
        ("6", "Geschlossen"),
        ("10040", "Offen"),
        ("10041", "In Arbeit"),
        ("10042", "Erledigt"),
    ],
    priorities: &[
        ("10100", "Kritisch"),
        ("2", "Hoch"),
        ("3", "Mittel"),
        ("4", "Niedrig"),
        ("10101", "Kosmetisch"),
    ],
    resolutions: &[
        ("10000", "Erledigt"),
        ("10001", "Wird nicht behoben"),
        ("10002", "Duplikat"),
        ("10003", "Nicht reproduzierbar"),
        ("1", "Behoben"),
    ],
    options: &[
        ("10141", "S1 Ausfall"),
        ("10142", "S2 Schwer"),
        ("10143", "S3 Gering"),
        ("10144", "S4 Kosmetisch"),
        ("10161", "Hoch"),
        ("10162", "Mittel"),
        ("10163", "Niedrig"),
        ("10171", "DACH"),
        ("10172", "Nordeuropa"),
        ("10173", "Spanien und Portugal"),
        ("10174", "Großbritannien und Irland"),
        ("10175", "Japan"),
        ("10180", "Europa"),
        ("10181", "Deutschland"),
        ("10182", "Frankreich"),
        ("10183", "Asien"),
        ("10184", "Singapur"),
        ("10185", "Internet"),
        ("10186", "Telefon"),
        ("10187", "Englisch"),
        ("10188", "Deutsch"),
    ],
    fields: &[
        ("customfield_10030", "Schweregrad"),
        ("customfield_10031", "Zieltermin"),
        ("customfield_10032", "Inbetriebnahme"),
        ("customfield_10033", "Betroffene Märkte"),
        ("customfield_10034", "Abnahmekriterien"),
        ("customfield_10035", "Story-Punkte"),
        ("customfield_10036", "Auswirkung auf Kunden"),
        ("customfield_10060", "Schweregrad"),
        ("customfield_10011", "Name des Epos"),
        ("customfield_10041", "Region"),
        ("customfield_10042", "Kanal"),
        ("customfield_10043", "Sprachen"),
        ("customfield_10044", "Nachweisseite"),
        ("customfield_10045", "Ansprechpartner"),
        ("customfield_10046", "Gutachter"),
        ("customfield_10047", "Zuständige Gruppe"),
        ("customfield_10048", "Informierte Gruppen"),
        ("customfield_10049", "Gefunden in"),
        ("customfield_10050", "Auch in"),
        ("customfield_10051", "Ursprungsprojekt"),
        ("customfield_10052", "Übernommen aus"),
        ("customfield_10053", "Anlage"),
        ("customfield_10054", "Stichworte"),
    ],
    projects: &[
        ("10100", "Reisebuchung"),
        ("10101", "Zahlungen & Erstattungen"),
        ("10102", "Leitstelle"),
    ],
};

pub(super) static INVENTED: Names = Names {
    title: "Qorvaxil",
    types: &[
        ("10000", "Grondle"),
        ("10001", "Plimth"),
        ("10002", "Ovvek"),
        ("10004", "Skrannit"),
        ("10005", "Brunzel"),
        ("10003", "Ovvekin"),
        ("10006", "Plonquet"),
    ],
    statuses: &[
        ("10000", "Lumb"),
        ("3", "Trasket"),
        ("10010", "Fyrrow"),
        ("10011", "Quennic"),
        ("10012", "Dospar"),
        ("10001", "Velm"),
        ("10013", "Ghaz"),
        ("10014", "Urrik"),
        ("10020", "Pand"),
        ("10021", "Wexley"),
        ("10022", "Trasket"),
        ("10023", "Ombrit"),
        ("10025", "Yolk"),
        ("6", "Zarn"),
        ("10040", "Lumb"),
        ("10041", "Trasket"),
        ("10042", "Velm"),
    ],
    priorities: &[
        ("10100", "Xeb"),
        ("2", "Rhun"),
        ("3", "Moof"),
        ("4", "Litt"),
        ("10101", "Pif"),
    ],
    resolutions: &[
        ("10000", "Velmed"),
        ("10001", "Ghazzed"),
        ("10002", "Twyn"),
        ("10003", "Nebbish"),
        ("1", "Ombritted"),
    ],
    options: &[
        ("10141", "Kraa"),
        ("10142", "Dorv"),
        ("10143", "Minsk"),
        ("10144", "Fleb"),
        ("10161", "Rhun"),
        ("10162", "Moof"),
        ("10163", "Litt"),
        ("10171", "Aq"),
        ("10172", "Bex"),
        ("10173", "Cyl"),
        ("10174", "Dru"),
        ("10175", "Eph"),
        ("10180", "Urq"),
        ("10181", "Urqin"),
        ("10182", "Urqob"),
        ("10183", "Vash"),
        ("10184", "Vashin"),
        ("10185", "Dremmo"),
        ("10186", "Dremka"),
        ("10187", "Fliq"),
        ("10188", "Flaq"),
    ],
    fields: &[
        ("customfield_10030", "Wobbage"),
        ("customfield_10031", "Nuncial"),
        ("customfield_10032", "Ferrup"),
        ("customfield_10033", "Glaives"),
        ("customfield_10034", "Snorrel"),
        ("customfield_10035", "Tokkits"),
        ("customfield_10036", "Hessian"),
        ("customfield_10060", "Wobbage"),
        ("customfield_10011", "Grondlename"),
        ("customfield_10041", "Orbin"),
        ("customfield_10042", "Kelvash"),
        ("customfield_10043", "Mirrot"),
        ("customfield_10044", "Jusk"),
        ("customfield_10045", "Pendo"),
        ("customfield_10046", "Pendoi"),
        ("customfield_10047", "Grolm"),
        ("customfield_10048", "Grolmen"),
        ("customfield_10049", "Vintu"),
        ("customfield_10050", "Vintua"),
        ("customfield_10051", "Sprall"),
        ("customfield_10052", "Hodden"),
        ("customfield_10053", "Quib"),
        ("customfield_10054", "Zentil"),
    ],
    projects: &[("10100", "Vantrel"), ("10101", "Ossick"), ("10102", "Murn")],
};

/// The names of the world with this title, if it was renamed.
pub(super) fn find(title: &str) -> Option<&'static Names> {
    [&GERMAN, &INVENTED]
        .into_iter()
        .find(|names| names.title == title)
}

impl Names {
    /// Renames everything in the world and in its issues.
    pub(super) fn apply(&self, world: &mut World) {
        self.title.clone_into(&mut world.title);
        for list in [
            &mut world.issue_types,
            &mut world.statuses,
            &mut world.priorities,
            &mut world.resolutions,
            &mut world.fields,
        ] {
            for entry in list.iter_mut() {
                self.rename(entry);
            }
        }
        for project in &mut world.projects {
            let name = self.projects.iter().find(|(id, _)| *id == project.id);
            if let Some((_, name)) = name {
                (*name).clone_into(&mut project.name);
                project.body.insert("name".to_owned(), Value::from(*name));
            }
            let types = std::sync::Arc::make_mut(&mut project.issue_types);
            for entry in types.iter_mut() {
                self.rename(entry);
            }
            for (_, statuses) in std::sync::Arc::make_mut(&mut project.type_statuses) {
                for entry in statuses.iter_mut() {
                    self.rename(entry);
                }
            }
            for field in std::sync::Arc::make_mut(&mut project.create_fields)
                .values_mut()
                .flatten()
            {
                self.rename(field);
            }
        }
        self.apply_from(world, 0);
    }

    /// Renames in issues from an id on.
    pub(super) fn apply_from(&self, world: &mut World, first: i64) {
        let newer = world.store.list().rev().map(|facts| facts.id);
        let ids: Vec<i64> = newer.take_while(|id| *id >= first).collect();
        for id in ids {
            world.edit_issue(&id.to_string(), |issue| {
                if let Some(fields) = issue.fields_mut() {
                    fields.values_mut().for_each(|value| self.rename(value));
                }
            });
        }
    }

    /// Renames the value and everything inside it. What it is, its link tells.
    fn rename(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.rename(item)),
            Value::Object(entry) => {
                self.rename_entry(entry);
                entry.values_mut().for_each(|inner| self.rename(inner));
            }
            _ => {}
        }
    }

    fn rename_entry(&self, entry: &mut Map<String, Value>) {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let (link, id) = (text("self"), text("id"));
        let field = if text("fieldId").is_empty() {
            id
        } else {
            text("fieldId")
        };
        let (list, id, part): (&[(&str, &str)], &str, &str) = if link.contains("/issuetype/") {
            // A team-managed project has types of its own, a hundred up.
            (self.types, id, "name")
        } else if link.contains("/status/") {
            (self.statuses, id, "name")
        } else if link.contains("/priority/") {
            (self.priorities, id, "name")
        } else if link.contains("/resolution/") {
            (self.resolutions, id, "name")
        } else if link.contains("/customFieldOption/") {
            (self.options, id, "value")
        } else if link.contains("/project/") {
            (self.projects, id, "name")
        } else if field.starts_with("customfield_") {
            (self.fields, field, "name")
        } else {
            return;
        };
        let find = |id: &str| list.iter().find(|(own, _)| *own == id).map(|(_, name)| *name);
        let standard = || (id.parse::<u32>().ok()?.checked_sub(100)).map(|number| number.to_string());
        let name = find(id).or_else(|| {
            let team = link.contains("/issuetype/").then(standard).flatten();
            team.and_then(|id| find(&id))
        });
        let Some(name) = name else { return };
        let old = entry.insert(part.to_owned(), Value::from(name));
        if entry.contains_key("untranslatedName") {
            entry.insert("untranslatedName".to_owned(), Value::from(name));
        }
        if let (Some(Value::Array(clauses)), Some(old)) = (entry.get_mut("clauseNames"), old) {
            for clause in clauses.iter_mut().filter(|clause| **clause == old) {
                *clause = Value::from(name);
            }
        }
    }
}
