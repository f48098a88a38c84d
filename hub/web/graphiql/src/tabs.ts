/** The tabs a new session opens with, in the order of the story. tests check them against schema/schema.graphql. */
import children from './tabs/01-children.graphql?raw';
import plan from './tabs/02-plan.graphql?raw';
import provides from './tabs/03-what-the-plan-provides.graphql?raw';
import notAgreed from './tabs/04-health-provision-not-agreed.graphql?raw';
import duties from './tabs/05-duties.graphql?raw';
import budgets from './tabs/06-personal-budgets.graphql?raw';
import budgetsDue from './tabs/06b-budgets-due.graphql?raw';
import budgetsDueVariables from './tabs/06b-budgets-due.variables.json?raw';
import cooperation from './tabs/07-cooperation.graphql?raw';
import watch from './tabs/08-watch-requests.graphql?raw';
import request from './tabs/09-request-cooperation.graphql?raw';
import requestVariables from './tabs/09-request-cooperation.variables.json?raw';
import decline from './tabs/09b-decline-request.graphql?raw';
import declineVariables from './tabs/09b-decline-request.variables.json?raw';
import comply from './tabs/09c-comply-with-request.graphql?raw';
import complyVariables from './tabs/09c-comply-with-request.variables.json?raw';
import disclosures from './tabs/10-disclosures.graphql?raw';
import disclosuresVariables from './tabs/10-disclosures.variables.json?raw';
import viewer from './tabs/11-viewer.graphql?raw';

const READY_TABS: Tab[] = [
  { query: children },
  { query: plan },
  { query: provides },
  { query: notAgreed },
  { query: duties },
  { query: budgets },
  { query: budgetsDue, variables: budgetsDueVariables },
  { query: cooperation },
  { query: watch },
  { query: request, variables: requestVariables },
  { query: decline, variables: declineVariables },
  { query: comply, variables: complyVariables },
  { query: disclosures, variables: disclosuresVariables },
  { query: viewer },
];

interface Tab {
  query: string;
  variables?: string;
}

/** What a demo puts where the variables say "put ... here": by a variable's name, or by its operation's and its own. */
export type Examples = Readonly<Record<string, string>>;

export function readyTabs(examples: Examples): Tab[] {
  return READY_TABS.map(({ query, variables }) => (variables ? { query, variables: filled(query, variables, examples) } : { query }));
}

function filled(query: string, variables: string, examples: Examples): string {
  const operation = /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1];
  const known = (name: string, value: unknown) =>
    typeof value === 'string' && value.startsWith('put ') ? (examples[`${operation}.${name}`] ?? examples[name] ?? value) : value;
  return JSON.stringify(JSON.parse(variables, known), null, 2);
}
