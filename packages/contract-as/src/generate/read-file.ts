/** From a file's syntax tree to what it declares. */
import type {
  ContractModel,
  FallbackModel,
  FieldModel,
  FileModel,
  FunctionModel,
  RecordModel,
  RemoteModel,
  StateMutability,
  Typed,
  TypeText,
} from "./contract-model.ts";
import { placeOf, sourceError } from "./source-error.ts";
import type { Frontend, MemberNode, SourceNode, StatementNode, TypeNode } from "./syntax-tree.ts";

const recordKinds = ["struct", "event", "error"] as const;
const methodDecorators: ReadonlySet<string> = new Set([
  "view",
  "pure",
  "payable",
  "nonReentrant",
  "receive",
  "fallback",
  "inline",
  "operator",
  "unsafe",
]);

/** Everything that the file declares. @throws SourceError with file and line where the convention is broken */
export function readFile(frontend: Frontend, source: SourceNode, path: string): FileModel {
  const { NodeKind, CommonFlags } = frontend;
  const { text } = source;
  const fail = (at: { readonly range: { readonly start: number } }, message: string): never => {
    throw sourceError(placeAt(at), message);
  };
  const placeAt = (at: { readonly range: { readonly start: number } }): string => placeOf(path, text, at.range.start);
  const is = (node: { readonly flags: number }, flag: keyof typeof CommonFlags): boolean => (node.flags & CommonFlags[flag]) !== 0;

  const readType = (node: TypeNode | null | undefined, owner: MemberNode | StatementNode): TypeText => {
    if (node === null || node === undefined) return fail(owner, `${owner.name.text} needs a type`);
    const written = text.slice(node.range.start, node.range.end);
    if (node.isNullable) return fail(node, `expected a type without null, which neither the ABI nor storage has, got ${written}`);
    if (node.name === undefined || node.name.next !== null) return fail(node, `expected a named type, got ${written}`);
    const typeArguments = (node.typeArguments ?? []).map((argument) => readType(argument, owner));
    return { name: node.name.identifier.text, typeArguments, text: written, place: placeAt(node) };
  };

  const readFunction = (member: MemberNode): FunctionModel => {
    const { signature } = member;
    if (signature === undefined) return fail(member, `${member.name.text} is no function`);
    const decorators = decoratorsOf(member);
    const { text: name } = member.name;
    if ((member.typeParameters ?? []).length > 0)
      return fail(member, `${name}: expected a function without type parameters, as the ABI has none`);
    const mutabilities = mutabilityNames.filter((mutability) => decorators.has(mutability));
    if (mutabilities.length > 1)
      return fail(member, `${name}: expected one of @view, @pure and @payable, got @${mutabilities.join(" and @")}`);
    const parameters = signature.parameters.map((parameter): Typed => {
      if (parameter.initializer !== null || parameter.parameterKind !== 0) {
        return fail(
          parameter,
          `${parameter.name.text}: expected a parameter that every call gives, got one with a default, an optional or a rest one`,
        );
      }
      return { name: parameter.name.text, type: readType(parameter.type, member) };
    });
    return {
      name,
      place: placeAt(member),
      parameters,
      returns: readType(signature.returnType, member),
      stateMutability: mutabilityOf(decorators),
      isNonReentrant: decorators.has("nonReentrant"),
    };
  };

  const readFallback = (member: MemberNode): FallbackModel => {
    const { name, parameters, returns, stateMutability } = readFunction(member);
    const takesInput = parameters.length > 0;
    const givesOutput = returns.name !== "void";
    const isPlain =
      parameters.every(({ type }) => type.name === "Bytes") && parameters.length < 2 && ["void", "Bytes"].includes(returns.name);
    if (!isPlain) return fail(member, `${name} takes nothing or Bytes and returns void or Bytes`);
    return { name, takesInput, givesOutput, isPayable: stateMutability === "payable" };
  };

  const readContract = (statement: StatementNode): ContractModel => {
    if (statement.extendsType !== null || (statement.typeParameters ?? []).length > 0)
      return fail(statement, `${statement.name.text}: a contract extends no class and has no type parameters`);
    const fields: FieldModel[] = [];
    const functions: FunctionModel[] = [];
    let receive: FallbackModel | undefined;
    let fallback: FallbackModel | undefined;
    for (const member of statement.members ?? []) {
      if (is(member, "Static")) continue;
      if (member.kind === NodeKind.FieldDeclaration) {
        if (member.initializer !== null) return fail(member, `${member.name.text}: the storage of a contract cannot be initialised`);
        fields.push({ name: member.name.text, type: readType(member.type, member), end: member.range.end });
        continue;
      }
      if (is(member, "Constructor"))
        return fail(member, "a contract has no constructor: write a function that sets it up, to be called once after the deployment");
      if (is(member, "Private") || is(member, "Protected") || is(member, "Get") || is(member, "Set")) continue;
      const decorators = decoratorsOf(member);
      for (const name of decorators) if (!methodDecorators.has(name)) return fail(member, `@${name} is not known`);
      if (decorators.has("receive")) {
        if (receive !== undefined) return fail(member, `expected one method marked @receive, got ${receive.name} and ${member.name.text}`);
        receive = { ...readFallback(member), isPayable: true };
      } else if (decorators.has("fallback")) {
        if (fallback !== undefined)
          return fail(member, `expected one method marked @fallback, got ${fallback.name} and ${member.name.text}`);
        fallback = readFallback(member);
      } else {
        const made = readFunction(member);
        if (functions.some(({ name }) => name === made.name))
          return fail(member, `${made.name}: expected a name that no other function has (there are no overloads), got it twice`);
        functions.push(made);
      }
    }
    return { name: statement.name.text, place: placeAt(statement), fields, functions, receive, fallback };
  };

  const readRecord = (kind: RecordModel["kind"], statement: StatementNode): RecordModel => {
    if (statement.extendsType || (statement.typeParameters ?? []).length > 0)
      return fail(statement, `${statement.name.text}: expected a class without type parameters that extends none, being marked @${kind}`);
    const members = statement.members ?? [];
    const fields = members.filter((member) => member.kind === NodeKind.FieldDeclaration && !is(member, "Static"));
    return {
      kind,
      name: statement.name.text,
      place: placeAt(statement),
      fields: fields.map((field) => ({ name: field.name.text, type: readType(field.type, field) })),
      hasConstructor: members.some((member) => is(member, "Constructor")),
      end: statement.range.end - 1,
    };
  };

  const readRemote = (statement: StatementNode): RemoteModel => ({
    name: statement.name.text,
    isExported: is(statement, "Export"),
    functions: (statement.members ?? []).map((member) => {
      if (member.kind !== NodeKind.MethodDeclaration || !is(member, "Abstract"))
        return fail(member, `${member.name.text}: a @remote class has abstract methods only`);
      return readFunction(member);
    }),
    start: statement.range.start,
    end: statement.range.end,
  });

  const classes = source.statements.filter(({ kind }) => kind === NodeKind.ClassDeclaration);
  const marked = (name: string): StatementNode[] => classes.filter((statement) => decoratorsOf(statement).has(name));
  return {
    path,
    text,
    contracts: marked("contract").map(readContract),
    records: recordKinds.flatMap((kind) => marked(kind).map((statement) => readRecord(kind, statement))),
    remotes: marked("remote").map(readRemote),
  };
}

function decoratorsOf(node: Pick<MemberNode, "decorators">): ReadonlySet<string> {
  return new Set((node.decorators ?? []).map(({ name }) => name.text));
}

const mutabilityNames = ["pure", "view", "payable"] as const;

function mutabilityOf(decorators: ReadonlySet<string>): StateMutability {
  return mutabilityNames.find((name) => decorators.has(name)) ?? "nonpayable";
}
