//! Which services keep tables, and where those lie.

use stack_http::{Database, Migration, Schema, schema::StepDone};

use crate::{DataFolder, Service, StackError};

/// The tables of one service, and the database that they are in.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Which tables.
    pub schema: Schema,
    url: String,
}

/// Where a service's tables are: in the one database that is named, else in a SQLite file of its own.
pub(crate) fn url_of(service: Service, data: &DataFolder, named: Option<&str>) -> Result<String, StackError> {
    named.map_or_else(|| data.database_url(service.name()), |url| Ok(url.to_owned()))
}

impl Tables {
    /// The tables of every service that has some.
    ///
    /// # Errors
    /// When the data folder's path cannot be made absolute.
    pub fn all(data: &DataFolder, database_url: Option<&str>) -> Result<Vec<Self>, StackError> {
        Service::ALL.into_iter().filter_map(|service| Self::of(service, data, database_url).transpose()).collect()
    }

    /// One service's, if it has any.
    ///
    /// # Errors
    /// When the data folder's path cannot be made absolute.
    pub fn of(service: Service, data: &DataFolder, database_url: Option<&str>) -> Result<Option<Self>, StackError> {
        let Some(schema) = service.schema() else { return Ok(None) };
        Ok(Some(Self { schema, url: url_of(service, data, database_url)? }))
    }

    /// Where they are, as it may be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        stack_http::database::without_password(&self.url)
    }

    /// The steps that they lack. Writes nothing.
    ///
    /// # Errors
    /// When the database cannot be read, or is newer than this program.
    pub async fn pending(&self) -> Result<Vec<Migration>, StackError> {
        Ok(self.schema.pending(&self.url).await?)
    }

    /// The database that they are in.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(&self) -> Result<Database, StackError> {
        Ok(Database::open(&self.url).await?)
    }

    /// Runs the steps that they lack.
    ///
    /// # Errors
    /// When the database cannot be opened, a step fails, or the database is newer than this program.
    pub async fn migrate(&self) -> Result<Vec<StepDone>, StackError> {
        let database = Database::open(&self.url).await?;
        let done = database.migrate(&self.schema).await;
        database.close().await;
        Ok(done?)
    }
}
