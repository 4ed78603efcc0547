import { z } from 'zod'

/**
 * A schema for texts of a form that an editor can check too: `T` is a template literal type. The type may let through
 * what the schema refuses, and nothing else.
 */
export const ofForm = <T extends string>(schema: z.ZodType<string, string>): z.ZodType<T, T> =>
  schema as unknown as z.ZodType<T, T>

/** A text of a form. `message` is for one of another form, and for what is no text. */
export const formed = (form: RegExp | ((text: string) => boolean), message: string) =>
  z.string(message).refine((text) => (form instanceof RegExp ? form.test(text) : form(text)), message)
