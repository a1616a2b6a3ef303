using System.Globalization;

namespace SetupWizard.Core.Model;

/// <summary>What a value loses on the way to ClickHouse.</summary>
public enum TypeLoss
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Digits: a number may have more than the type in ClickHouse holds.</summary>
    Digits,

    /// <summary>Range: days before 1970 and after 2149 do not fit.</summary>
    Range,

    /// <summary>Range: years before 1900 and after 2299 do not fit, and infinity has no place.</summary>
    Years,

    /// <summary>The time zone.</summary>
    Zone,

    /// <summary>Its type: it arrives as text.</summary>
    Shape,

    /// <summary>A domain over boolean: in the change stream true may become false.</summary>
    DomainBool,

    /// <summary>A domain over an array: in the change stream it may become empty.</summary>
    DomainArray,

    /// <summary>A domain over bytea: the change stream may stop at it.</summary>
    DomainBytes,
}

/// <summary>What stands for NULL in a column that cannot hold it.</summary>
public enum NullStandIn
{
    /// <summary>The number 0.</summary>
    Zero,

    /// <summary>False.</summary>
    False,

    /// <summary>A text without characters.</summary>
    Text,

    /// <summary>1970-01-01.</summary>
    Day,

    /// <summary>An array without elements.</summary>
    List,

    /// <summary>The identifier of zeros.</summary>
    Id,
}

/// <summary>A type in ClickHouse.</summary>
/// <param name="Name">Its name: <c>Array(Int32)</c>.</param>
/// <param name="Loss">What a value loses.</param>
public sealed record ClickHouseType(string Name, TypeLoss Loss);

/// <summary>
/// What ClickPipes makes of PostgreSQL's types. One list, to be read: the check, the list of columns and the reports all ask here.
/// </summary>
/// <remarks>
/// From the engine of ClickPipes (PeerDB 6b52fb6c) and from ClickHouse 26.5, which was asked what it makes of the values.
/// <list type="bullet">
/// <item>Dates: <c>model/qvalue/avro_converter.go</c> and <c>connectors/clickhouse/normalize_query.go</c> move years before 1900 and after 2299 to that bound
/// (<c>parseDateTime64BestEffortOrNull('9999-12-31')</c> is 2299-12-31, of <c>'infinity'</c> NULL); <c>connectors/postgres/qvalue_convert.go</c> makes infinity NULL,
/// which in a column without NULL is 1970-01-01.</item>
/// <item>Numbers without a limit on digits become <c>Decimal(76, 38)</c>: more than 38 digits before the point are cleared, more than 38 behind it are cut
/// (<c>TruncateNumeric</c>), NaN and Infinity are NULL (<c>numericToDecimal</c>), which in a column without NULL is 0.</item>
/// <item>A domain: the table is made and first copied by its base type, because that is what a query's result is described with; the stream names the domain,
/// and the engine hands the value on as text (<c>connectors/postgres/cdc.go</c>, <c>decodeColumnData</c>). Of such text ClickHouse reads numbers, dates, uuid and
/// enums; <c>JSONExtract('{"b":"t"}', 'b', 'Bool')</c> is false, of <c>'{1,2}'</c> as an array <c>[]</c>, and <c>base64Decode</c>, by which bytea is read, throws (117).
/// A newer engine looks behind the domain (<c>pkg/postgres</c>, <c>ResolveDataType</c>); which one a pipe runs on cannot be seen from here.</item>
/// </list>
/// </remarks>
public static class ClickHouseTypes
{
    /// <summary>The most digits ClickHouse's <c>Decimal</c> has.</summary>
    public const int MostDigits = 76;

    private const string Numeric = "numeric";
    private const string AnyText = "String";

    /// <summary>By the name in <c>pg_type</c>. What is not here arrives as text and loses nothing by it.</summary>
    private static readonly (string Name, string Type, TypeLoss Loss)[] s_scalars =
    [
        ("bool", "Bool", TypeLoss.None),
        ("int2", "Int16", TypeLoss.None),
        ("int4", "Int32", TypeLoss.None),
        ("int8", "Int64", TypeLoss.None),
        ("float4", "Float32", TypeLoss.None),
        ("float8", "Float64", TypeLoss.None),
        ("char", "FixedString(1)", TypeLoss.None),
        ("uuid", "UUID", TypeLoss.None),
        ("date", "Date32", TypeLoss.Years),
        ("time", "DateTime64(6)", TypeLoss.None),
        ("timetz", "DateTime64(6)", TypeLoss.Zone),
        ("timestamp", "DateTime64(6)", TypeLoss.Years),
        ("timestamptz", "DateTime64(6)", TypeLoss.Years),
        ("interval", AnyText, TypeLoss.Shape),
        ("money", AnyText, TypeLoss.Shape),
        ("vector", "Array(Float32)", TypeLoss.None),
        ("halfvec", "Array(Float32)", TypeLoss.None),
        ("sparsevec", "Array(Float32)", TypeLoss.None),
    ];

    /// <summary>Arrays by the name of their element. What is not here arrives as an array of text and loses nothing by it.</summary>
    private static readonly (string Name, string Type, TypeLoss Loss)[] s_arrays =
    [
        ("bool", "Array(Bool)", TypeLoss.None),
        ("int2", "Array(Int16)", TypeLoss.None),
        ("int4", "Array(Int32)", TypeLoss.None),
        ("int8", "Array(Int64)", TypeLoss.None),
        ("float4", "Array(Float32)", TypeLoss.None),
        ("float8", "Array(Float64)", TypeLoss.None),
        ("uuid", "Array(UUID)", TypeLoss.None),

        // Not Date32: the days from 1970 to 2149 only.
        ("date", "Array(Date)", TypeLoss.Range),
        ("timestamp", "Array(DateTime64(6))", TypeLoss.Years),
        ("timestamptz", "Array(DateTime64(6))", TypeLoss.Years),
        ("interval", "Array(String)", TypeLoss.Shape),
        ("money", "Array(String)", TypeLoss.Shape),
        ("json", AnyText, TypeLoss.Shape),
        ("jsonb", AnyText, TypeLoss.Shape),
    ];

    /// <summary>By the name in <c>pg_type</c> of what is behind a domain: what is lost because the change stream has it as text. Arrays are lost by being arrays.</summary>
    private static readonly (string Name, TypeLoss Loss)[] s_domains =
    [
        ("bool", TypeLoss.DomainBool),
        ("bytea", TypeLoss.DomainBytes),
        ("vector", TypeLoss.DomainArray),
        ("halfvec", TypeLoss.DomainArray),
        ("sparsevec", TypeLoss.DomainArray),

        // Text both times, and written otherwise in the first copy: as JSON, as WKT.
        ("hstore", TypeLoss.Shape),
        ("geometry", TypeLoss.Shape),
        ("geography", TypeLoss.Shape),
        ("point", TypeLoss.Shape),
    ];

    /// <summary>Names in <c>pg_type</c> of built-in types that lose something, but for dates. A <c>numeric</c> does unless it limits its digits.</summary>
    public static IReadOnlyList<string> LossyNames { get; } = [Numeric, .. s_scalars.Where(IsRare).Select(t => t.Name)];

    /// <summary>Names of the elements of arrays that lose something, but for dates.</summary>
    public static IReadOnlyList<string> LossyElements { get; } = [Numeric, .. s_arrays.Where(IsRare).Select(t => t.Name)];

    /// <summary>Kinds of types (<c>pg_type.typtype</c>) that arrive as text, of an array its elements': composite types, domains, ranges and multiranges.</summary>
    public static IReadOnlyList<string> LossyKinds { get; } = ["c", "d", "r", "m"];

    /// <summary>Names in <c>pg_type</c> of types that lose something when a domain is over them.</summary>
    public static IReadOnlyList<string> LossyBehindDomains { get; } = [.. s_domains.Select(t => t.Name)];

    /// <summary>Names in <c>pg_type</c> of built-in types whose early and late years are lost. Nearly every table has one.</summary>
    public static IReadOnlyList<string> Dated { get; } = [.. s_scalars.Where(t => t.Loss == TypeLoss.Years).Select(t => t.Name)];

    /// <summary>Names of the elements of arrays whose early and late years are lost.</summary>
    public static IReadOnlyList<string> DatedElements { get; } = [.. s_arrays.Where(t => t.Loss == TypeLoss.Years).Select(t => t.Name)];

    /// <summary>The type in ClickHouse.</summary>
    public static ClickHouseType For(PostgresType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type is { IsArray: false, Base: { } behind })
        {
            var made = For(behind);
            return made with { Loss = BehindDomain(behind, made) };
        }

        if (type.Kind == 'e')
        {
            return new ClickHouseType(Of("LowCardinality(String)", type.IsArray), TypeLoss.None);
        }

        if (type.Kind != 'b')
        {
            return new ClickHouseType(Of(AnyText, type.IsArray), TypeLoss.Shape);
        }

        if (type.Name == Numeric)
        {
            return type switch
            {
                { Precision: > MostDigits } => new ClickHouseType(Of(AnyText, type.IsArray), TypeLoss.Shape),
                { Precision: { } precision, Scale: { } scale } when scale >= 0 && scale <= precision =>
                    new ClickHouseType(Of(string.Create(CultureInfo.InvariantCulture, $"Decimal({precision}, {scale})"), type.IsArray), TypeLoss.None),
                _ => new ClickHouseType(Of("Decimal(76, 38)", type.IsArray), TypeLoss.Digits),
            };
        }

        var entry = (type.IsArray ? s_arrays : s_scalars).FirstOrDefault(t => t.Name == type.Name);
        return entry.Type is null ? new ClickHouseType(Of(AnyText, type.IsArray), TypeLoss.None) : new ClickHouseType(entry.Type, entry.Loss);
    }

    /// <summary>What a value of a domain loses: what its base type does, unless it is worse to have it as text.</summary>
    private static TypeLoss BehindDomain(PostgresType type, ClickHouseType made)
    {
        // An array of JSON is text in ClickHouse, too.
        if (type.IsArray)
        {
            return made.Name == AnyText ? made.Loss : TypeLoss.DomainArray;
        }

        var entry = s_domains.FirstOrDefault(t => t.Name == type.Name && type.Kind == 'b');
        return entry.Loss == TypeLoss.None ? made.Loss : entry.Loss;
    }

    private static bool IsRare((string Name, string Type, TypeLoss Loss) type) => type.Loss is not (TypeLoss.None or TypeLoss.Years);

    /// <summary>Whether a column of this type can hold NULL at all: an array cannot.</summary>
    /// <param name="type">The name in ClickHouse.</param>
    public static bool HoldsNull(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return StandIn(type) != NullStandIn.List;
    }

    /// <summary>The same type with room for NULL.</summary>
    /// <param name="type">The name in ClickHouse.</param>
    public static string WithNull(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        const string Short = "LowCardinality(";
        return type.StartsWith(Short, StringComparison.Ordinal) ? Short + "Nullable(" + type[Short.Length..^1] + "))" : "Nullable(" + type + ")";
    }

    /// <summary>What stands for NULL where the column has no room for it: the type's default.</summary>
    /// <param name="type">The name in ClickHouse.</param>
    public static NullStandIn StandIn(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.Split('(')[0] switch
        {
            "Array" => NullStandIn.List,
            "Bool" => NullStandIn.False,
            "Date" or "Date32" or "DateTime64" => NullStandIn.Day,
            "UUID" => NullStandIn.Id,
            "String" or "LowCardinality" or "FixedString" => NullStandIn.Text,
            _ => NullStandIn.Zero,
        };
    }

    private static string Of(string type, bool array) => array ? "Array(" + type + ")" : type;
}
