"""probqa: ask published probation inspections, be answered in their own words."""
