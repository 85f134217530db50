// Names of the sources that the generator makes in sdk/src/generated/, beside the types of contract.d.ts. Apart from what
// makes them, which a build that has nothing to do must not load.
export const sdkFiles = ['schemas.ts', 'calls.ts', 'tenant.ts', 'management.ts']
