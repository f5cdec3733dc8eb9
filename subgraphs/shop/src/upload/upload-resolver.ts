import type { Resolvers } from '@alexandrite/subgraph';
import type { ShopContext } from '../context.ts';
import { createModelUpload } from './create-model-upload.ts';

export const uploadResolvers = {
  Mutation: {
    createModelUpload: (_: unknown, file: { filename: string; bytes: number }, context: ShopContext) =>
      createModelUpload(context, file),
  },
} satisfies Resolvers;
