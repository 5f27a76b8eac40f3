using System.Text.Json;
using Repository;
using YamlDotNet.Core;

namespace Tidy.Tests;

/// <summary>YAML as JSON, for the compose and AsyncAPI checks.</summary>
public sealed class YamlTests
{
    [Theory]
    [InlineData("a: 1\nb: x y # why\nc: \"1\"\nd: 'it''s'\ne: true\nf:\n", """{"a":1,"b":"x y","c":"1","d":"it's","e":true,"f":null}""")]
    [InlineData("a:\n  - 1\n  - b: 2\n    c: 3\n  - [\"x\", 4]\n", """{"a":[1,{"b":2,"c":3},["x",4]]}""")]
    [InlineData("base: &base\n  x: 1\n  y: 2\nuse:\n  <<: *base\n  y: 3\nsame: *base\n", """{"base":{"x":1,"y":2},"use":{"y":3,"x":1},"same":{"x":1,"y":2}}""")]
    [InlineData("a: &a\n  x: 1\nb: &b\n  x: 2\n  y: 2\nc:\n  <<: [*a, *b]\n", """{"a":{"x":1},"b":{"x":2,"y":2},"c":{"x":1,"y":2}}""")]
    [InlineData("port: \"5101:5101\"\nv: ${X:?set X}\n", """{"port":"5101:5101","v":"${X:?set X}"}""")]
    public void Yaml_is_read_as_json(string yaml, string json) => JsonSerializer.Serialize(Yaml.Parse(yaml), Plain).ShouldBe(json);

    [Fact]
    public void A_key_that_stands_twice_is_refused() => Should.Throw<YamlException>(() => Yaml.Parse("a: 1\na: 2\n"));

    static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
