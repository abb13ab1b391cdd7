//! Invoices. Who pays for what, and how much, is encrypted; status and dates stay readable.

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::INVOICES;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{archive, fifty, is_zero, update},
    shape::{changes, record},
};

/// Days to pay in, where nothing else is said.
const USUAL_TERM: Days = Days::new(14);

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "invoices.create",
            Effect::Write,
            "Write an invoice; money is in cents. Due in 14 days unless `dueDate` says otherwise. Returns the invoice.",
            create,
        )
        .titled("Write an invoice"),
        ToolSpec::new(
            "invoices.list",
            Effect::Read,
            "List the invoices of the space with their totals, the newest date first; with a status, those alone.",
            list,
        )
        .titled("List invoices"),
        ToolSpec::new(
            "invoices.update",
            Effect::Write,
            "Change an invoice, such as its status. Only the fields that are given change.",
            update::<Update>(&INVOICES, "invoice"),
        )
        .titled("Change an invoice"),
        ToolSpec::new(
            "invoices.archive",
            Effect::Write,
            "Archive an invoice, or bring it back with `archived: false`. Nothing is lost.",
            archive(&INVOICES, "invoice"),
        )
        .titled("Archive an invoice"),
    ]
}

/// The largest price of one thing, in cents: a hundred million euros.
const PRICE_MAX: i64 = 10_000_000_000;
/// The largest quantity of one thing.
const QUANTITY_MAX: u32 = 100_000;

#[derive(Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Draft,
    Sent,
    Paid,
}

/// One position.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    /// What was delivered.
    #[schemars(length(min = 1, max = 500))]
    description: String,
    /// How much of it; hours may be parts.
    #[schemars(range(min = 0.01, max = QUANTITY_MAX))]
    quantity: f64,
    /// Net price of one, in cents; below zero for what was paid already.
    #[schemars(range(min = -PRICE_MAX, max = PRICE_MAX))]
    unit_price_cents: i64,
}

record! {
    Invoice {
        number: String,
        client: String,
        subject: String,
        lines: Vec<Line>,
        tax_percent: u8,
        note: Option<String>,
        status: Status,
        issue_date: Option<NaiveDate>,
        due_date: Option<NaiveDate>,
        is_archived: bool,
    }
}

/// An invoice with its sums, which are reckoned and not stored.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Billed {
    #[serde(flatten)]
    invoice: Invoice,
    /// Sum of the lines, each rounded to the cent.
    net_cents: i64,
    /// What is to be paid: net and tax, which is rounded once.
    gross_cents: i64,
}

impl From<Invoice> for Billed {
    fn from(invoice: Invoice) -> Self {
        let net_cents = invoice.lines.iter().map(Line::cents).sum::<i64>();
        let tax_cents = rounded(net_cents as f64 * f64::from(invoice.tax_percent) / 100.0);
        Self { net_cents, gross_cents: net_cents + tax_cents, invoice }
    }
}

impl Line {
    fn cents(&self) -> i64 {
        rounded(self.quantity * self.unit_price_cents as f64)
    }
}

/// Half a cent away from zero.
#[expect(clippy::cast_possible_truncation, reason = "the limits of a line keep every sum far below 2^63")]
fn rounded(cents: f64) -> i64 {
    cents.round() as i64
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// Number of the invoice, such as "2026-014".
    #[schemars(length(min = 1, max = 40))]
    number: String,
    /// Who pays.
    #[schemars(length(min = 1, max = 200))]
    client: String,
    /// What it is for.
    #[schemars(length(min = 1, max = 500))]
    subject: String,
    /// What was delivered.
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<Line>,
    /// Value added tax.
    #[serde(default = "nineteen")]
    #[schemars(range(max = 100))]
    tax_percent: u8,
    /// For oneself; null for nothing.
    #[serde(default)]
    #[schemars(length(max = 10_000))]
    note: Option<String>,
    /// How far it is.
    #[serde(default)]
    status: Status,
    /// Its date, as YYYY-MM-DD; today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "NaiveDate")]
    issue_date: Option<NaiveDate>,
    /// By when it is to be paid; 14 days after its date when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "NaiveDate")]
    due_date: Option<NaiveDate>,
}

fn nineteen() -> u8 {
    19
}

#[derive(Serialize, JsonSchema)]
struct One {
    invoice: Billed,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let issue_date = input.issue_date.unwrap_or_else(|| call.now.date_naive());
    let due_date = input.due_date.or_else(|| issue_date.checked_add_days(USUAL_TERM));
    let invoice = Invoice {
        number: input.number,
        client: input.client,
        subject: input.subject,
        lines: input.lines,
        tax_percent: input.tax_percent,
        note: input.note,
        status: input.status,
        issue_date: Some(issue_date),
        due_date,
        ..Invoice::begun(&call)
    };
    call.insert(&INVOICES, &invoice.id, &invoice).await?;
    Ok(One { invoice: invoice.into() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Only invoices that are so far; null for all.
    #[serde(default)]
    status: Option<Status>,
    /// Whether to list archived invoices too.
    #[serde(default)]
    include_archived: bool,
    /// How many invoices at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 500))]
    limit: usize,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    invoices: Vec<Billed>,
    /// Invoices left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let found = call.read::<Invoice>(&INVOICES).await?;
    let mut invoices = found.records;
    invoices.retain(|invoice| {
        let wanted = input.status.is_none_or(|status| status == invoice.status);
        wanted && (input.include_archived || !invoice.is_archived)
    });
    invoices.sort_by(|a, b| (b.issue_date, &b.number, &a.id).cmp(&(a.issue_date, &a.number, &b.id)));
    invoices.truncate(input.limit);
    Ok(Many { invoices: invoices.into_iter().map(Into::into).collect(), unreadable: found.unreadable })
}

changes! {
    /// What is absent stays as it is; a null note takes it away.
    Update {
        /// Id of the invoice, as the list gives it.
        id,
        /// What it is for.
        #[schemars(length(min = 1, max = 500))]
        subject: String,
        /// What was delivered; replaces the lines there are.
        #[schemars(length(min = 1, max = 100))]
        lines: Vec<Line>,
        /// For oneself.
        #[schemars(length(max = 10_000))]
        note: Option<String>,
        /// How far it is.
        status: Status,
        /// By when it is to be paid.
        due_date: NaiveDate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_rounded_and_the_tax_once() {
        let line = |quantity, unit_price_cents| Line { description: "x".into(), quantity, unit_price_cents };
        let check = |lines: Vec<Line>, tax_percent, net_cents, gross_cents| {
            let invoice: Invoice = serde_json::from_value(serde_json::json!({ "id": "i" })).unwrap();
            let billed = Billed::from(Invoice { lines, tax_percent, ..invoice });
            assert_eq!((billed.net_cents, billed.gross_cents), (net_cents, gross_cents));
        };
        check(vec![line(1.0, 184_000)], 19, 184_000, 218_960);
        check(vec![line(2.5, 9_000), line(1.0, -5_000)], 19, 17_500, 20_825);
        check(vec![line(0.5, 1), line(0.5, 1)], 0, 2, 2);
        check(vec![line(1.0, 50)], 7, 50, 54);
        check(vec![], 19, 0, 0);
    }
}
