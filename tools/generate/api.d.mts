import type ts from 'typescript';

export interface Parameter {
  name: string;
  type: ts.Type;
  optional: boolean;
  options: Option[];
}

export interface Option {
  name: string;
  type: ts.Type;
  optional: boolean;
  doc: string;
  default?: string;
}

export interface Export {
  name: string;
  package: string;
  file: string;
  paragraphs: string[];
  tag(name: string): string | undefined;
  type: ts.Type;
  signature?: ts.Signature;
  isClass: boolean;
  returns: string;
  parameters: Parameter[];
  options: Option[];
}

export const root: string;
export function packageNames(): string[];
export function readManifest(name: string): { description: string };
export function readPackages(names: string[]): {
  checker: ts.TypeChecker;
  readExports(name: string): Export[];
  findUndocumented(name: string): string[];
};
