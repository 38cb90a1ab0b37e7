//! Resources in both forms, written by hand.

use crate::model::target::FhirVersion::{self, R4, Stu3};

pub(super) const PAIRS: [(FhirVersion, &str, &str); 7] = [
    (
        R4,
        r##"<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <id value="p1"/>
  <meta><versionId value="2"/><profile value="http://example.org/a"/></meta>
  <text>
    <status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><p id='a'>Jan &lt;3<br/> &#xA0;</p></div>
  </text>
  <contained><Organization><id value="o"/><name value="Praktijk &amp; co"/></Organization></contained>
  <contained><Basic><id value="b"/><code/></Basic></contained>
  <extension url="http://example.org/e">
    <extension url="inner"><valueCodeableConcept><text value="x"/></valueCodeableConcept></extension>
  </extension>
  <identifier><system value="http://fhir.nl/fhir/NamingSystem/bsn"/><value value="999900006"/></identifier>
  <active value="true"/>
  <name id="n1">
    <family value="de Vries"><extension url="http://example.org/own"><valueString value="Vries"/></extension></family>
    <given value="Jan"/>
    <given id="g2"><extension url="http://example.org/absent"><valueCode value="masked"/></extension></given>
    <given value="P."><extension url="http://example.org/q"><valueCode value="IN"/></extension></given>
  </name>
  <birthDate value="1970-01-01"/>
  <multipleBirthInteger value="2"/>
  <link><other><reference value="#o"/></other><type value="seealso"/></link>
</Patient>"##,
        r##"{
  "resourceType": "Patient", "id": "p1",
  "meta": { "versionId": "2", "profile": ["http://example.org/a"] },
  "text": { "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p id='a'>Jan &lt;3<br/> &#xA0;</p></div>" },
  "contained": [ { "resourceType": "Organization", "id": "o", "name": "Praktijk & co" }, { "resourceType": "Basic", "id": "b", "code": {} } ],
  "extension": [ { "url": "http://example.org/e", "extension": [ { "url": "inner", "valueCodeableConcept": { "text": "x" } } ] } ],
  "identifier": [ { "system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999900006" } ],
  "active": true,
  "name": [ {
    "id": "n1", "family": "de Vries", "_family": { "extension": [ { "url": "http://example.org/own", "valueString": "Vries" } ] },
    "given": [ "Jan", null, "P." ],
    "_given": [ null,
      { "id": "g2", "extension": [ { "url": "http://example.org/absent", "valueCode": "masked" } ] },
      { "extension": [ { "url": "http://example.org/q", "valueCode": "IN" } ] } ]
  } ],
  "birthDate": "1970-01-01", "multipleBirthInteger": 2,
  "link": [ { "other": { "reference": "#o" }, "type": "seealso" } ]
}"##,
    ),
    (
        Stu3,
        r#"<Patient xmlns="http://hl7.org/fhir"><id value="p2"/><gender value="female"/>
<birthDate><extension url="http://example.org/absent"><valueCode value="unknown"/></extension></birthDate>
<deceasedBoolean value="false"/><animal><species><text value="kat"/></species></animal>
<generalPractitioner><reference value="Practitioner/1"/></generalPractitioner></Patient>"#,
        r#"{ "resourceType": "Patient", "id": "p2", "gender": "female",
  "_birthDate": { "extension": [ { "url": "http://example.org/absent", "valueCode": "unknown" } ] },
  "deceasedBoolean": false, "animal": { "species": { "text": "kat" } },
  "generalPractitioner": [ { "reference": "Practitioner/1" } ] }"#,
    ),
    (
        R4,
        r#"<Observation xmlns="http://hl7.org/fhir"><status value="final"/>
<code><coding><system value="http://loinc.org"/><code value="15074-8"/></coding></code>
<subject><reference value="Patient/p1"/></subject><effectiveDateTime value="2020-01-02T03:04:05+01:00"/>
<valueQuantity><value value="6.3"><extension url="http://example.org/method"><valueCode value="m"/></extension></value>
<unit value="mmol/l"/></valueQuantity>
<referenceRange><low><value value="3.10"/></low><high><value value="62"/></high></referenceRange>
<component><code><text value="c"/></code><valueSampledData><origin><value value="-0.5"/></origin>
<period value="1e1"/><dimensions value="1"/><data value="1 2 E"/></valueSampledData></component></Observation>"#,
        r#"{ "resourceType": "Observation", "status": "final",
  "code": { "coding": [ { "system": "http://loinc.org", "code": "15074-8" } ] },
  "subject": { "reference": "Patient/p1" }, "effectiveDateTime": "2020-01-02T03:04:05+01:00",
  "valueQuantity": { "value": 6.3, "unit": "mmol/l",
    "_value": { "extension": [ { "url": "http://example.org/method", "valueCode": "m" } ] } },
  "referenceRange": [ { "low": { "value": 3.10 }, "high": { "value": 62 } } ],
  "component": [ { "code": { "text": "c" },
    "valueSampledData": { "origin": { "value": -0.5 }, "period": 1e1, "dimensions": 1, "data": "1 2 E" } } ] }"#,
    ),
    (
        Stu3,
        r#"<Task xmlns="http://hl7.org/fhir"><id value="t"/><status value="requested"/><intent value="order"/>
<code><text value="opvraag"/></code><for><reference value="Patient/p1"/></for>
<requester><agent><reference value="Organization/a"/></agent><onBehalfOf><reference value="Organization/b"/></onBehalfOf></requester>
<restriction><repetitions value="1"/></restriction>
<input><type><text value="bron"/></type><valueReference><reference value="Bundle/1"/></valueReference></input>
<input><type><text value="aantal"/></type><valueUnsignedInt value="3"/></input></Task>"#,
        r#"{ "resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "code": { "text": "opvraag" },
  "for": { "reference": "Patient/p1" },
  "requester": { "agent": { "reference": "Organization/a" }, "onBehalfOf": { "reference": "Organization/b" } },
  "restriction": { "repetitions": 1 },
  "input": [ { "type": { "text": "bron" }, "valueReference": { "reference": "Bundle/1" } },
    { "type": { "text": "aantal" }, "valueUnsignedInt": 3 } ] }"#,
    ),
    (
        R4,
        r#"<Bundle xmlns="http://hl7.org/fhir"><type value="document"/><timestamp value="2020-01-01T00:00:00Z"/>
<link><relation value="self"/><url value="https://example.org/x?a=1&amp;b=2"/></link>
<entry><link><relation value="alternate"/><url value="https://example.org/c"/></link>
<fullUrl value="urn:uuid:c757873d-ec9a-4326-a141-556f43239520"/>
<resource><Composition><status value="final"/><type><text value="brief"/></type><date value="2020"/>
<author><display value="arts"/></author><title value="Brief"/>
<section><title value="1"/><section><text><status value="additional"/><div xmlns="http://www.w3.org/1999/xhtml">tekst</div></text></section></section>
</Composition></resource></entry>
<entry><resource><Binary><contentType value="text/plain"/><data value="QUJD"/></Binary></resource>
<search><mode value="match"/><score value="0.75"/></search></entry></Bundle>"#,
        r#"{ "resourceType": "Bundle", "type": "document", "timestamp": "2020-01-01T00:00:00Z",
  "link": [ { "relation": "self", "url": "https://example.org/x?a=1&b=2" } ],
  "entry": [ {
    "link": [ { "relation": "alternate", "url": "https://example.org/c" } ],
    "fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "resource": { "resourceType": "Composition", "status": "final", "type": { "text": "brief" }, "date": "2020",
      "author": [ { "display": "arts" } ], "title": "Brief",
      "section": [ { "title": "1", "section": [ { "text": { "status": "additional", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">tekst</div>" } } ] } ] }
  }, { "resource": { "resourceType": "Binary", "contentType": "text/plain", "data": "QUJD" }, "search": { "mode": "match", "score": 0.75 } } ] }"#,
    ),
    (
        Stu3,
        r#"<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="not-found"/>
<diagnostics value="regel 1&#10;regel 2"/><expression value="Patient.name"/><expression value="Patient.id"/></issue></OperationOutcome>"#,
        r#"{ "resourceType": "OperationOutcome", "issue": [ { "severity": "error", "code": "not-found",
  "diagnostics": "regel 1\nregel 2", "expression": ["Patient.name", "Patient.id"] } ] }"#,
    ),
    (
        Stu3,
        r#"<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="a"/><part><name value="b"/>
<resource><List><status value="current"/><mode value="working"/></List></resource></part></parameter>
<parameter><name value="c"/><valueDecimal value="0.00000000001"/></parameter></Parameters>"#,
        r#"{ "resourceType": "Parameters", "parameter": [
  { "name": "a", "part": [ { "name": "b", "resource": { "resourceType": "List", "status": "current", "mode": "working" } } ] },
  { "name": "c", "valueDecimal": 0.00000000001 } ] }"#,
    ),
];
