/** The tabs a new session opens with, in the order of the story. tests check them against schema/schema.graphql. */
import children from './tabs/1-children.graphql?raw';
import plan from './tabs/2-plan.graphql?raw';
import cooperation from './tabs/3-cooperation.graphql?raw';
import duties from './tabs/4-duties.graphql?raw';
import budgets from './tabs/5-personal-budgets.graphql?raw';
import request from './tabs/6-request-cooperation.graphql?raw';
import requestVariables from './tabs/6-request-cooperation.variables.json?raw';
import viewer from './tabs/7-viewer.graphql?raw';

export const READY_TABS = [
  { query: children },
  { query: plan },
  { query: cooperation },
  { query: duties },
  { query: budgets },
  { query: request, variables: requestVariables },
  { query: viewer },
];
