using System.Globalization;

namespace SetupWizard.Core.Model;

/// <summary>What a value loses on the way to ClickHouse.</summary>
public enum TypeLoss
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Digits: a number may have more than the type in ClickHouse holds.</summary>
    Digits,

    /// <summary>Range: early or late dates do not fit.</summary>
    Range,

    /// <summary>The time zone.</summary>
    Zone,

    /// <summary>Its type: it arrives as text.</summary>
    Shape,
}

/// <summary>A type in ClickHouse.</summary>
/// <param name="Name">Its name: <c>Array(Int32)</c>.</param>
/// <param name="Loss">What a value loses.</param>
public sealed record ClickHouseType(string Name, TypeLoss Loss);

/// <summary>What ClickPipes makes of PostgreSQL's types. One list, to be read.</summary>
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
        ("date", "Date32", TypeLoss.None),
        ("time", "DateTime64(6)", TypeLoss.None),
        ("timetz", "DateTime64(6)", TypeLoss.Zone),
        ("timestamp", "DateTime64(6)", TypeLoss.None),
        ("timestamptz", "DateTime64(6)", TypeLoss.None),
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
        ("timestamp", "Array(DateTime64(6))", TypeLoss.None),
        ("timestamptz", "Array(DateTime64(6))", TypeLoss.None),
        ("interval", "Array(String)", TypeLoss.Shape),
        ("money", "Array(String)", TypeLoss.Shape),
        ("json", AnyText, TypeLoss.Shape),
        ("jsonb", AnyText, TypeLoss.Shape),
    ];

    /// <summary>Names in <c>pg_type</c> of built-in types that lose something. A <c>numeric</c> does unless it limits its digits.</summary>
    public static IReadOnlyList<string> LossyNames { get; } = [Numeric, .. s_scalars.Where(t => t.Loss != TypeLoss.None).Select(t => t.Name)];

    /// <summary>Names of the elements of arrays that lose something.</summary>
    public static IReadOnlyList<string> LossyElements { get; } = [Numeric, .. s_arrays.Where(t => t.Loss != TypeLoss.None).Select(t => t.Name)];

    /// <summary>Kinds of types (<c>pg_type.typtype</c>) that arrive as text: composite types, domains, ranges and multiranges.</summary>
    public static IReadOnlyList<string> LossyKinds { get; } = ["c", "d", "r", "m"];

    /// <summary>The type in ClickHouse.</summary>
    public static ClickHouseType For(PostgresType type)
    {
        ArgumentNullException.ThrowIfNull(type);
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

    private static string Of(string type, bool array) => array ? "Array(" + type + ")" : type;
}
