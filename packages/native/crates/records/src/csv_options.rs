//! What a reader of CSV is told.

/// How the rows are written, and what becomes of them.
#[derive(Clone, Debug)]
pub struct CsvOptions {
    pub delimiter: u8,
    pub quote: Option<u8>,
    pub comment: Option<u8>,
    /// Whether numbers, booleans and nulls are recognised.
    pub infer: bool,
    /// Whether missing cells are filled in.
    pub fill: bool,
    pub max_record_bytes: usize,
    /// What is written before each value: `{"id":`, `,"name":`, ...
    pub keys: Vec<Vec<u8>>,
}
