// The capability statement of METADATA=1, written by hand: the package has none of its own.
// It claims what the router was seen to answer, and says in words where an answer falls short.

const SEARCH = {
  Patient: { _id: 'token', identifier: 'token', family: 'string', given: 'string', birthdate: 'date', gender: 'token' },
  Observation: { _id: 'token', patient: 'reference', subject: 'reference', code: 'token', category: 'token', date: 'date' },
  Condition: { _id: 'token', patient: 'reference', code: 'token' },
  MedicationRequest: { _id: 'token', patient: 'reference', status: 'token' },
  Encounter: { _id: 'token', patient: 'reference', status: 'token' },
  DocumentReference: { _id: 'token', patient: 'reference', status: 'token' },
};

const NOTE = { reference: { documentation: 'Only as Type/id: a bare id finds nothing.' } };

const INTERACTIONS = ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'create', 'search-type'];

export function capabilityStatement(base) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2025-01-01',
    kind: 'instance',
    software: { name: '@medplum/fhir-router with MemoryRepository', version: '4.5.2' },
    implementation: { description: 'In-memory server for integration tests', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    patchFormat: ['application/json-patch+json'],
    rest: [{
      mode: 'server',
      documentation: 'Any other resource type is stored and found as well. Nothing is validated. A history turns its order around at every read.',
      resource: Object.entries(SEARCH).map(([type, parameters]) => ({
        type,
        interaction: INTERACTIONS.map((code) => ({ code })),
        versioning: 'versioned',
        readHistory: false,
        updateCreate: true,
        conditionalCreate: true,
        conditionalRead: 'not-supported',
        conditionalUpdate: true,
        conditionalDelete: 'single',
        searchParam: Object.entries(parameters).map(([name, type]) => ({ name, type, ...NOTE[type] })),
      })),
      interaction: [
        { code: 'transaction', documentation: 'Accepted, not atomic: the repository has no transactions.' },
        { code: 'batch' },
      ],
    }],
  };
}
