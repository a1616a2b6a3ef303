using YamlDotNet.RepresentationModel;

namespace SetupWizard.Core.Tests.Export.Code;

/// <summary>Reads YAML into texts, lists and mappings.</summary>
internal static class YamlReading
{
    /// <summary>A YAML mapping; what CloudFormation's own tags mean is not looked at. Throws when it is not YAML.</summary>
    public static Dictionary<string, object> Read(string code)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(code));
        return (Dictionary<string, object>)Plain(stream.Documents.Single().RootNode);
    }

    private static object Plain(YamlNode node) => node switch
    {
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlSequenceNode list => list.Select(Plain).ToList(),
        YamlMappingNode map => map.ToDictionary(p => ((YamlScalarNode)p.Key).Value!, p => Plain(p.Value), StringComparer.Ordinal),
        _ => throw new FormatException("There is an alias."),
    };
}
