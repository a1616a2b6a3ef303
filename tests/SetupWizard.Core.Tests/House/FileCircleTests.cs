using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using SetupWizard.Core.Engine;

namespace SetupWizard.Core.Tests.House;

/// <summary>
/// How many files know each other in a circle: whoever wants to understand one of them has to read them all. Measured on what was compiled, in signatures and bodies; a constant is
/// copied by the compiler and counts for nothing.
/// </summary>
public sealed partial class FileCircleTests
{
    private const int Most = 3;

    private static readonly Dictionary<int, OpCode> s_codes = typeof(OpCodes).GetFields().Select(static f => (OpCode)f.GetValue(null)!).ToDictionary(static c => c.Value & 0xFFFF);

    [Fact]
    public void No_circle_of_files_is_long()
    {
        var known = Known(typeof(SetupRunner).Assembly, Path.Combine(Repository.Top, "src", "SetupWizard.Core"));

        // Whoever is below somebody who is below him is in a circle with him.
        var below = known.ToDictionary(static k => k.Key, k => Below(k.Key, known));
        var circles = known.Keys.Select(f => string.Join(", ", below[f].Where(g => below[g].Contains(f)).Append(f).Distinct().Order(StringComparer.Ordinal))).Distinct();

        Assert.True(known.Values.Sum(static k => k.Count) > 1000, "Nothing was read.");
        List<string> tooLong = [.. circles.Where(static c => c.Split(", ").Length > Most)];
        Assert.True(tooLong.Count == 0, string.Join('\n', tooLong));
    }

    private static HashSet<string> Below(string file, Dictionary<string, HashSet<string>> known)
    {
        var found = new HashSet<string>();
        for (var next = new Stack<string>([file]); next.TryPop(out var one);)
        {
            foreach (var other in known[one].Where(found.Add))
            {
                next.Push(other);
            }
        }

        return found;
    }

    /// <summary>The files that each file knows.</summary>
    private static Dictionary<string, HashSet<string>> Known(Assembly assembly, string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(static f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(static f => Declared().Matches(File.ReadAllText(f)).Select(m => (Name: m.Groups[1].Value, File: Path.GetFileName(f))))
            .DistinctBy(static d => d.Name).ToDictionary(static d => d.Name, static d => d.File);
        var known = files.Values.Distinct().ToDictionary(static f => f, static _ => new HashSet<string>());
        foreach (var type in assembly.GetTypes())
        {
            if (FileOf(type) is { } file)
            {
                known[file].UnionWith(Named(type).SelectMany(Parts).Select(FileOf).OfType<string>().Where(f => f != file));
            }
        }

        return known;

        string? FileOf(Type type)
        {
            while (type.DeclaringType is { } outer)
            {
                type = outer;
            }

            return type.Assembly == assembly ? files.GetValueOrDefault(type.Name.Split('`')[0]) : null;
        }
    }

    /// <summary>The types in a type's declaration, its signatures and its bodies.</summary>
    private static IEnumerable<Type?> Named(Type type)
    {
        const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        IEnumerable<MethodBase> methods = [.. type.GetMethods(Own), .. type.GetConstructors(Own)];
        return type.GetInterfaces().Append(type.BaseType)
            .Concat(type.GetFields(Own).Select(static f => f.FieldType))
            .Concat(methods.SelectMany(static m => m.GetParameters().Select(static p => p.ParameterType).Append((m as MethodInfo)?.ReturnType!).Concat(Body(m)))!);
    }

    private static IEnumerable<Type?> Body(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var operation = s_codes[code[at] == 0xFE ? 0xFE00 | code[at + 1] : code[at]];
            at += operation.Size;
            if (operation.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                var outer = method.DeclaringType!.GetGenericArguments();
                var member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), outer, method.IsGenericMethod ? method.GetGenericArguments() : []);
                yield return member as Type ?? member!.DeclaringType;
                foreach (var argument in (member as MethodInfo)?.GetGenericArguments() ?? [])
                {
                    yield return argument;
                }
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Parts(Type? type) =>
        type is null ? [] : type.HasElementType ? Parts(type.GetElementType()) : type.GetGenericArguments().SelectMany(Parts).Append(type);

    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref)\s+)*(?:class|record(?:\s+struct|\s+class)?|struct|interface|enum)\s+(\w+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Declared();
}
