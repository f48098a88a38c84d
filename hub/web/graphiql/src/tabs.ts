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
import disclosures from './tabs/10-disclosures.graphql?raw';
import disclosuresVariables from './tabs/10-disclosures.variables.json?raw';
import viewer from './tabs/11-viewer.graphql?raw';

export const READY_TABS = [
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
  { query: disclosures, variables: disclosuresVariables },
  { query: viewer },
];
