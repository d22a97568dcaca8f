"""The columns of the national collection form of members (§8.1), with the names offices give them."""

from django.utils.translation import gettext_lazy as _

from hall.core.sheets import Column

COLUMNS = (
    Column(
        "name", "姓名", ("党员姓名", "本人姓名", "名字"), required=True, note=_("As on the identity card; “·” is fine.")
    ),
    Column(
        "id_no",
        "公民身份号码",
        ("身份证号", "身份证号码", "证件号码", "证件号", "身份证", "公民身份证号码", "居民身份证号码", "公民身份证号"),
        note=_("18 characters, entered as text; the last may be X."),
    ),
    Column("sex", "性别"),
    Column("ethnicity", "民族"),
    Column("birth_date", "出生日期", ("出生年月", "出生年月日", "生日", "出生时间"), note=_("For example 1990-03-05.")),
    Column("education", "学历", ("最高学历", "文化程度", "学历名称")),
    Column("degree", "学位", ("最高学位", "学位名称")),
    Column("native_place", "籍贯", ("籍贯地",)),
    Column(
        "standing",
        "人员类别",
        ("党员类别", "类别", "党员类型", "人员类型", "政治面貌"),
        note=_("Full or probationary member."),
    ),
    Column(
        "branch",
        "所在党支部",
        (
            "党支部名称",
            "所在党支部名称",
            "支部",
            "党支部",
            "所属党支部",
            "所在支部",
            "支部名称",
            "所属支部",
            "组织关系所在党支部",
            "党组织名称",
            "所在党组织",
        ),
        note=_("Full or short name as in the hall."),
    ),
    Column(
        "general_branch",
        "所属党总支",
        (
            "党总支",
            "所在党总支",
            "党总支名称",
            "上级党组织",
            "上级党组织名称",
            "所属二级党组织",
            "二级党组织",
            "所属院系党组织",
        ),
        note=_("Only says where a branch that the hall lacks would stand."),
    ),
    Column(
        "joined_on",
        "加入党组织日期",
        ("入党时间", "入党日期", "入党年月", "加入党组织时间", "加入中共组织日期", "加入中共组织时间"),
        note=_("The day of the members' meeting."),
    ),
    Column(
        "full_on",
        "转为正式党员日期",
        ("转正时间", "转正日期", "转为正式党员时间", "转正年月", "成为正式党员日期"),
        note=_("Empty for probationary members."),
    ),
    Column("job", "工作岗位", ("岗位", "职业", "从事岗位", "岗位类别", "工作岗位类别")),
    Column(
        "phone",
        "联系电话",
        ("手机", "手机号码", "手机号", "移动电话", "电话", "联系方式", "联系手机"),
        note=_("Mobile number of 11 digits."),
    ),
    Column("landline", "固定电话", ("座机", "办公电话", "固话", "座机号码"), note=_("With the area code.")),
    Column("address", "家庭住址", ("住址", "家庭地址", "现居住地", "居住地", "现住址"), note=_("May stay empty.")),
    Column("state", "党籍状态", ("党籍情况", "党籍")),
    Column("lost", "是否失联", ("是否为失联党员", "失联", "失联党员", "是否失联党员")),
    Column("lost_since", "失去联系日期", ("失联日期", "失联时间", "失去联系时间")),
    Column("floating", "是否流动党员", ("是否为流动党员", "流动党员", "是否流动")),
    Column("direction", "外出流向", ("流向", "外出地点", "流出地", "外出去向", "流动去向")),
    Column("party_post", "党内职务", ("党内任职", "支部职务", "党务职务", "党内职务名称")),
    Column(
        "campus_no",
        "学号/工号",
        ("学号", "工号", "学工号", "人员编号", "职工号", "教工号", "教职工号", "学号工号", "工号学号"),
        note=_("For signing in and telling people of one name apart."),
    ),
    Column("identity", "身份", ("人员身份", "身份类别", "教工或学生")),
)

TITLES = {column.key: column.title for column in COLUMNS}
SAMPLE = {
    "name": "吴建国",
    "id_no": "11010519491231002X",
    "sex": "男",
    "ethnicity": "汉族",
    "birth_date": "1949-12-31",
    "education": "大学本科毕业",
    "degree": "学士",
    "native_place": "浙江温州",
    "standing": "正式党员",
    "branch": "机电工程学院教工第一党支部",
    "general_branch": "机电工程学院党总支",
    "joined_on": "1975-07-01",
    "full_on": "1976-07-01",
    "job": "离退休人员",
    "phone": "13800000000",
    "landline": "057788880000",
    "state": "正常",
    "lost": "否",
    "floating": "否",
    "party_post": "",
    "campus_no": "00123",
    "identity": "退休",
}
TEMPLATE_NOTES = (
    _("Rows are people, one each. Leave a cell empty where nothing is known: an empty cell never erases anything."),
    _("Do not put state secrets, work secrets or papers of political review into this workbook."),
)
