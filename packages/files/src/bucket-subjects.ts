/** A file on its way in has a name of its own, until its content is known. */
export const incomingPrefix = 'incoming-';

/** The stream of an object store and the subjects in it, as every client of object stores has them. */
export function bucketSubjects(bucket: string) {
  return {
    stream: `OBJ_${bucket}`,
    allChunks: `$O.${bucket}.C.*`,
    allDescriptions: `$O.${bucket}.M.*`,
    chunks: (nuid: string) => `$O.${bucket}.C.${nuid}`,
    description: (name: string) => `$O.${bucket}.M.${padded(Buffer.from(name).toString('base64url'))}`,
    nameOf: (description: string) => Buffer.from(description.split('.').at(-1) ?? '', 'base64url').toString(),
  };
}

/** Names are base64url with padding, which Node's leaves out. */
function padded(base64: string): string {
  return base64.padEnd(Math.ceil(base64.length / 4) * 4, '=');
}
