"""A funder's statement of what was paid and spent under personal budgets (CSV): reading it, line by line."""
